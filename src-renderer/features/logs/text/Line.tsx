import type { CSSProperties } from 'react'
import type { LogLineRow } from '../../../../src-preload/contract/log-view.ts'
import { findLinks } from './links.ts'
import { clockOf, cutNote, dayOf, styledText } from './row-text.ts'
import { type Segment, segmentsOf } from './segments.ts'
import { spanLook } from './span-look.ts'

interface LineProps {
  readonly number: number
  readonly row: LogLineRow
  readonly className: string
  readonly showTimes: boolean
  readonly gap: string | undefined
}

/** A line of output. Its text is untrusted and is only ever drawn as text. */
export function Line({ number, row, className, showTimes, gap }: LineProps) {
  const { stream, line, level, time } = row
  const note = cutNote(row)
  const levelClass = level === 'error' || level === 'warn' || level === 'debug' ? ` level-${level}` : ''
  return (
    <div className={`${className} of-${stream}${levelClass}`} data-row={number} title={gap}>
      <span className="line-side" title={sideTitle(row)}>
        <span className="line-number" data-line={line === null ? '' : line + 1} />
        {stream === 'stderr' && <span className="visually-hidden">stderr</span>}
        {showTimes && <span className="line-time" data-time={time === null ? '' : clockOf(time)} />}
      </span>
      <span className="line-body">
        <span className="line-text">
          <LineText text={row.text} />
        </span>
        <span className="line-end"> </span>
        {note !== null && <span className="line-cut">{note}</span>}
      </span>
    </div>
  )
}

function sideTitle({ stream, time }: LogLineRow): string {
  const when = time === null ? 'written while the app was not running' : `${dayOf(time)} ${clockOf(time)}`
  return `${stream}, ${when}`
}

function LineText({ text: raw }: { readonly text: string }) {
  const { text, spans } = styledText(raw)
  const links = findLinks(text)
  if (spans.length === 0 && links.length === 0) return text
  return segmentsOf(text.length, spans, links).map((segment) => (
    <Piece key={segment.from} segment={segment} text={text.slice(segment.from, segment.to)} />
  ))
}

function Piece({ segment: { style, url }, text }: { readonly segment: Segment; readonly text: string }) {
  if (style === null && url === null) return text
  const look = style === null ? null : spanLook(style)
  const className = [look?.className, url !== null && 'line-link'].filter(Boolean).join(' ')
  return (
    <span
      className={className}
      style={(look?.style ?? undefined) as CSSProperties | undefined}
      data-url={url ?? undefined}
    >
      {text}
    </span>
  )
}

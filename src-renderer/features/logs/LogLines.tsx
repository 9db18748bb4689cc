import { memo } from 'react'
import { cutNote, displayText } from './line-text.ts'
import type { LogSource } from './log-source.ts'
import { type Geometry, isCompressed, type ScrollPosition } from './scroll-map.ts'
import { LINE_HEIGHT } from './use-log-scroll.ts'

interface LineProps {
  /** 0-based. */
  readonly index: number
  /** Undefined until its page is here. */
  readonly text: string | undefined
  readonly note: string | null
}

/** Compared by its text: a page that was fetched again draws only the lines that changed. */
const Line = memo(function Line({ index, text, note }: LineProps) {
  return (
    <div className="line" data-line={index + 1}>
      <span className={text === undefined ? 'line-text line-loading' : 'line-text'}>
        {text === undefined ? '' : displayText(text)}
        {note !== null && <span className="line-cut">{note}</span>}
      </span>
    </div>
  )
})

interface LogLinesProps {
  readonly source: LogSource
  readonly from: number
  readonly to: number
  readonly position: ScrollPosition
  readonly geometry: Geometry
}

/** The lines from `from` up to `to`, at their place in the scrolled element. */
export function LogLines({ source, from, to, position, geometry }: LogLinesProps) {
  const lines = []
  for (let index = from; index < to; index += 1) {
    const line = source.line(index)
    lines.push(<Line key={index} index={index} text={line?.text} note={line === undefined ? null : cutNote(line)} />)
  }
  const virtualTop = from * LINE_HEIGHT
  // Without compression both heights are one; computing it would only add what rounding lost.
  const top = isCompressed(geometry) ? position.physical + virtualTop - position.virtual : virtualTop
  return (
    <div className="lines" style={{ top }}>
      {lines}
    </div>
  )
}

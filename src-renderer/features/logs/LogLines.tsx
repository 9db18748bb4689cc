import { memo } from 'react'
import type { LogRow } from '../../../src-preload/contract/log-view.ts'
import { formatCount } from '../../ui/format.ts'
import type { RowList } from './rows/row-list.ts'
import type { LogLayout } from './scroll/log-layout.ts'
import { LINE_HEIGHT } from './scroll/scroll-place.ts'
import { Line } from './text/Line.tsx'
import { MarkLine } from './text/MarkLine.tsx'

export interface LinesProps {
  readonly list: RowList
  readonly rowOf: (row: number) => LogRow | undefined
  readonly layout: LogLayout
  readonly isWrapped: boolean
  readonly showTimes: boolean
  /** The row that was gone to last. */
  readonly marked: number | null
}

/** The drawn rows, at their place. */
export function LogLines(props: LinesProps) {
  const { layout, isWrapped } = props
  const { from, to, place, mode, viewport } = layout
  if (mode === 'free') {
    return (
      <div className="lines" style={{ top: from * LINE_HEIGHT }}>
        <Rows {...props} from={from} to={to} />
      </div>
    )
  }
  if (!isWrapped && place !== 'end') {
    return (
      <div className="log-pinned" style={{ height: viewport }}>
        <div className="lines" style={{ top: (from - place.position) * LINE_HEIGHT - place.offset }}>
          <Rows {...props} from={from} to={to} />
        </div>
      </div>
    )
  }
  if (place === 'end') {
    return (
      <div className="log-pinned" style={{ height: viewport }}>
        <div className="lines-wrapped lines-end">
          <Rows {...props} from={from} to={to} />
        </div>
      </div>
    )
  }
  // Heights of wrapped rows are not known: what is above the place grows upwards, what is below downwards.
  return (
    <div className="log-pinned" style={{ height: viewport }}>
      <div className="lines-wrapped" style={{ bottom: viewport + place.offset }}>
        <Rows {...props} from={from} to={Math.min(place.position, to)} />
      </div>
      <div className="lines-wrapped" style={{ top: -place.offset }}>
        <Rows {...props} from={Math.max(from, place.position)} to={to} />
      </div>
    </div>
  )
}

function Rows({
  list,
  rowOf,
  showTimes,
  marked,
  from,
  to,
}: LinesProps & { readonly from: number; readonly to: number }) {
  const rows = []
  for (let position = from; position < to; position += 1) {
    const number = list.rowAt(position)
    rows.push(
      <Row
        key={number}
        number={number}
        row={rowOf(number)}
        hidden={list.hiddenBefore(position)}
        showTimes={showTimes}
        isMarked={number === marked}
      />,
    )
  }
  return rows
}

interface RowProps {
  readonly number: number
  /** Undefined until its page is here. */
  readonly row: LogRow | undefined
  readonly hidden: number
  readonly showTimes: boolean
  readonly isMarked: boolean
}

/** A row that came again with its page is drawn again only if it changed. */
const Row = memo(function Row({ number, row, hidden, showTimes, isMarked }: RowProps) {
  const classes = ['line', isMarked && 'is-marked', hidden > 0 && 'after-gap'].filter(Boolean).join(' ')
  const gap = hidden > 0 ? `${formatCount(hidden)} ${hidden === 1 ? 'row' : 'rows'} left out` : undefined
  if (row === undefined) return <div className={`${classes} line-loading`} data-row={number} title={gap} />
  if (row.kind === 'mark') return <MarkLine number={number} row={row} className={classes} />
  return <Line number={number} row={row} className={classes} showTimes={showTimes} gap={gap} />
}, isSame)

function isSame(before: RowProps, after: RowProps): boolean {
  return (
    before.number === after.number &&
    before.hidden === after.hidden &&
    before.showTimes === after.showTimes &&
    before.isMarked === after.isMarked &&
    isSameRow(before.row, after.row)
  )
}

function isSameRow(one: LogRow | undefined, other: LogRow | undefined): boolean {
  if (one === other) return true
  if (one?.kind !== 'line' || other?.kind !== 'line') return false
  return (
    one.text === other.text &&
    one.line === other.line &&
    one.time === other.time &&
    one.stream === other.stream &&
    one.level === other.level &&
    one.cutFromBytes === other.cutFromBytes
  )
}

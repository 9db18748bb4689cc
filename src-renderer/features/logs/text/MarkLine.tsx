import type { LogMarkRow } from '../../../../src-preload/contract/log-view.ts'
import { clockOf, dayOf, markText } from './row-text.ts'

interface MarkLineProps {
  readonly number: number
  readonly row: LogMarkRow
  readonly className: string
}

/** Where a run began or ended, between the lines. */
export function MarkLine({ number, row, className }: MarkLineProps) {
  const { time } = row
  return (
    <div
      className={`${className} line-mark mark-${lookOf(row)}`}
      data-row={number}
      title={`${dayOf(time)} ${clockOf(time)}`}
    >
      <span className="mark-label">
        <span className="line-text">{markText(row, Date.now())}</span>
        <span className="line-end"> </span>
      </span>
    </div>
  )
}

/** A crash is what people look for; being stopped is nothing bad. */
function lookOf({ mark }: LogMarkRow): string {
  return mark.kind === 'end' && mark.reason.startsWith('crashed') ? 'crash' : mark.kind
}

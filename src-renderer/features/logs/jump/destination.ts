/** Where somebody wants to go: a line as it is numbered on screen, or a time. */
export type Destination =
  | { readonly to: 'line' /** 0-based. */; readonly line: number }
  | { readonly to: 'time' /** Milliseconds since the epoch. */; readonly time: number }

const LINE = /^[1-9][\d_,. ]*$/
const TIME = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\s*|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?)?$/

/**
 * Reads `1,234`, `14:05`, `14:05:30` or `2026-11-25 14:05`; null for anything else. A time without a date is one of the
 * day of `reference` (the part of the log that is looked at), or of the day before if that would be after `now`.
 */
export function parseDestination(typed: string, reference: number, now: number): Destination | null {
  const text = typed.trim()
  if (LINE.test(text)) {
    const line = Number(text.replace(/\D/g, ''))
    return Number.isSafeInteger(line) ? { to: 'line', line: line - 1 } : null
  }
  const time = parseTime(text, reference, now)
  return time === null ? null : { to: 'time', time }
}

function parseTime(text: string, reference: number, now: number): number | null {
  const match = TIME.exec(text)
  if (match === null || text === '') return null
  const [, year, month, day, hours, minutes, seconds, fraction] = match
  const clock = [hours, minutes, seconds].map((part) => Number(part ?? 0))
  const milliseconds = Number((fraction ?? '').padEnd(3, '0'))
  if (year !== undefined) return timeAt([year, month, day].map(Number), clock, milliseconds)
  const base = new Date(reference)
  const date = [base.getFullYear(), base.getMonth() + 1, base.getDate()]
  const time = timeAt(date, clock, milliseconds)
  if (time === null || time <= now) return time
  return timeAt([base.getFullYear(), base.getMonth() + 1, base.getDate() - 1], clock, milliseconds, true)
}

/** Null for what no calendar or clock has, such as 31 February or 25:00. */
function timeAt(
  [year = 0, month = 0, day = 0]: readonly number[],
  [hours = 0, minutes = 0, seconds = 0]: readonly number[],
  milliseconds: number,
  isComputed = false,
): number | null {
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  const date = new Date(year, month - 1, day, hours, minutes, seconds, milliseconds)
  const isReal = isComputed || (date.getMonth() === month - 1 && date.getDate() === day)
  return isReal && date.getTime() >= 0 ? date.getTime() : null
}

import type { LogLineRow, LogMarkRow, LogRow } from '../../../../src-preload/contract/log-view.ts'
import { formatBytes } from '../../../ui/format.ts'
import { parseAnsi, type StyledText } from './ansi.ts'

/** More than any screen shows; each at most as long as a line of a page. */
const MAX_PARSED = 500

/** The texts parsed last. A row is drawn anew whenever its page was fetched again, mostly with the same text. */
const parsed = new Map<string, StyledText>()

/** As `parseAnsi`, remembering the last results. */
export function styledText(raw: string): StyledText {
  const known = parsed.get(raw)
  if (known !== undefined) return known
  const styled = parseAnsi(raw)
  if (parsed.size >= MAX_PARSED) parsed.clear()
  parsed.set(raw, styled)
  return styled
}

/** The text of a row whose columns are counted: by selection, search and links. */
export function shownText(row: LogRow, now: number): string {
  return row.kind === 'line' ? styledText(row.text).text : markText(row, now)
}

/** What follows a line of which only the beginning is shown; null if it is whole. */
export function cutNote({ cutFromBytes }: Pick<LogLineRow, 'cutFromBytes'>): string | null {
  return cutFromBytes === null ? null : `… line of ${formatBytes(cutFromBytes)}, cut`
}

/** E.g. `Started 12:03:11 · pid 4711`; of another day than `now` with its date. */
export function markText({ time, mark }: LogMarkRow, now: number): string {
  const clock = clockOf(time).slice(0, -4)
  const at = dayOf(time) === dayOf(now) ? clock : `${dayOf(time)} ${clock}`
  switch (mark.kind) {
    case 'start':
      return `Started ${at} · pid ${mark.pid}`
    case 'adopted':
      return `Taken over ${at} · pid ${mark.pid}`
    case 'end':
      return `Ended ${at} · ${mark.reason}`
  }
}

const two = (value: number) => String(value).padStart(2, '0')

/** `14:03:09.120`, in the person's time zone. */
export function clockOf(time: number): string {
  const date = new Date(time)
  const seconds = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** `2026-11-25`, in the person's time zone. */
export function dayOf(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

import { setShowTimes, setWrapped } from '../../store/log-options.ts'
import type { Jumps } from './jump/use-jumps.ts'
import type { LogCommand } from './log-keys.ts'
import type { RowList } from './rows/row-list.ts'
import { LINE_HEIGHT } from './scroll/scroll-place.ts'
import type { LogScroll } from './scroll/use-log-scroll.ts'
import type { Find } from './search/use-find.ts'
import type { SelectionMove, TextRange, TextSelection } from './select/selection.ts'

/** What commands work on. */
export interface CommandTarget {
  readonly key: string
  readonly list: RowList
  readonly scroll: LogScroll
  readonly find: Find
  readonly jumps: Jumps
  readonly range: TextRange | null
  readonly select: (selection: TextSelection | null) => void
  readonly extend: (move: SelectionMove) => void
  readonly copy: () => void
  readonly openLink: () => void
  readonly openPanel: (panel: 'go-to' | 'help') => void
  readonly isWrapped: boolean
  readonly showTimes: boolean
  readonly onlyMatches: boolean
  readonly filterBy: (onlyMatches: boolean) => void
}

/** Does what a key or an item of the menu means. */
export function runCommand(command: LogCommand, target: CommandTarget): void {
  const { key, list, scroll, find, jumps, range, select } = target
  // A line of the page before stays in sight.
  const pageRows = Math.max(1, Math.floor(scroll.layout.viewport / LINE_HEIGHT) - 1)
  switch (command.kind) {
    case 'scroll':
      scroll.scrollBy(((command.lines ?? 0) + (command.pages ?? 0) * pageRows) * LINE_HEIGHT)
      break
    case 'start':
      scroll.toStart()
      break
    case 'end':
      scroll.setFollowing(true)
      break
    case 'search':
      find.open()
      break
    case 'match':
      find.go(command.direction)
      break
    case 'error':
    case 'mark':
      void jumps.toNext(command.kind, command.direction)
      break
    case 'go-to':
    case 'help':
      target.openPanel(command.kind)
      break
    case 'copy':
      target.copy()
      break
    case 'select-all':
      selectAll(list, select)
      break
    case 'select':
      target.extend(command.move)
      break
    case 'select-page':
      target.extend({ by: 'row', step: command.direction * pageRows })
      break
    case 'open-link':
      target.openLink()
      break
    case 'wrap':
      setWrapped(key, !target.isWrapped)
      break
    case 'times':
      setShowTimes(!target.showTimes)
      break
    case 'only-matches':
      if (find.isOpen) target.filterBy(!target.onlyMatches)
      else find.open()
      break
    case 'escape':
      select(null)
      if (range !== null) return
      if (find.isOpen) find.close()
      else jumps.mark(null)
  }
}

function selectAll(list: RowList, select: (selection: TextSelection) => void): void {
  if (list.count === 0) return
  const anchor = { row: list.rowAt(0), column: 0 }
  select({ anchor, head: { row: list.rowAt(list.count - 1), column: Number.POSITIVE_INFINITY } })
}

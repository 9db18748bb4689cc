import { useLayoutEffect, useState } from 'react'
import type { LogFrame } from '../rows/log-frame.ts'
import { isListed, type RowList } from '../rows/row-list.ts'
import type { LogScroll } from '../scroll/use-log-scroll.ts'

/** @returns a function that brings a row into sight: at once, or as soon as the list holds it */
export function useShowing(list: RowList, frame: LogFrame, scroll: LogScroll): (row: number) => void {
  const [awaited, setAwaited] = useState<{ readonly row: number; readonly frame: LogFrame } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever changes the list may have brought the row.
  useLayoutEffect(() => {
    if (awaited === null) return
    // A row of a log that was cleared meanwhile never comes.
    const isGone = awaited.frame !== frame
    if (!isGone && !isListed(list, awaited.row)) return
    if (!isGone) scroll.reveal(awaited.row)
    setAwaited(null)
  }, [list, frame, awaited])
  return (row) => {
    if (isListed(list, row)) scroll.reveal(row)
    else setAwaited({ row, frame })
  }
}

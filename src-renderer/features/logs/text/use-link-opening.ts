import { useEffect, useRef } from 'react'
import { perform } from '../../../store/actions.ts'
import { findLinks } from './links.ts'

interface LinkWorld {
  /** The row that was gone to last, and the one that was selected last. */
  readonly marked: number | null
  readonly selected: number | null
  readonly textOf: (row: number) => string | undefined
  readonly say: (text: string) => void
}

/**
 * @returns a function that opens the link of the row that was gone to or selected, whichever was later; of a row with
 * several links the next one each time
 */
export function useLinkOpening({ marked, selected, textOf, say }: LinkWorld): () => void {
  const latest = useRef<number | null>(null)
  const opened = useRef({ row: -1, count: 0 })
  useEffect(() => {
    if (selected !== null) latest.current = selected
  }, [selected])
  useEffect(() => {
    if (marked !== null) latest.current = marked
  }, [marked])
  return () => {
    const row = latest.current ?? -1
    const links = findLinks(textOf(row) ?? '')
    const count = opened.current.row === row ? opened.current.count : 0
    const link = links[count % Math.max(1, links.length)]
    opened.current = { row, count: count + 1 }
    if (link === undefined) say('The marked row holds no link.')
    else void perform('app.openLink', { url: link.url })
  }
}

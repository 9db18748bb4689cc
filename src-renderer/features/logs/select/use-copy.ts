import { useCallback, useEffect, useRef } from 'react'
import type { LogExtent, LogViewName } from '../../../../src-preload/contract/log-view.ts'
import { call } from '../../../bridge.ts'
import { formatCount } from '../../../ui/format.ts'
import { MAX_COPY_LENGTH } from '../limits.ts'
import type { Note } from '../note.ts'
import type { RowList } from '../rows/row-list.ts'
import { readSelection } from './copy-text.ts'
import type { TextRange } from './selection.ts'

interface CopyWorld {
  readonly key: string
  readonly view: LogViewName
  readonly extent: LogExtent | null
  readonly list: RowList
  readonly say: (note: Note) => void
  /** Offered for what is too long for the clipboard. */
  readonly exportSelection: () => void
}

/** Copies a selection, however many rows it has; a new copy ends the one before. */
export function useCopy(world: CopyWorld): (range: TextRange) => Promise<void> {
  const present = useRef(world)
  present.current = world
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  return useCallback(async (range: TextRange) => {
    const { key, view, extent, list, say, exportSelection } = present.current
    if (extent === null) return
    const { epoch } = extent
    running.current?.abort()
    const abort = new AbortController()
    running.current = abort
    const reader = {
      page: (from: number, count: number) => call('logs.page', { key, view, epoch, from, count }),
      rows: (rows: readonly number[]) => call('logs.rows', { key, view, epoch, rows: [...rows] }),
    }
    const result = await readSelection(range, list, reader, {
      maxLength: MAX_COPY_LENGTH,
      now: Date.now(),
      onProgress: (share) => share < 1 && say({ text: `Copying … ${Math.floor(share * 100)} %` }),
      signal: abort.signal,
    })
    switch (result.kind) {
      case 'aborted':
        return
      case 'failed':
        say({ text: `Not copied: ${result.problem.message}` })
        return
      case 'too-long':
        say({
          text: `Not copied: more than the ${MAX_COPY_LENGTH / 1024 / 1024} MB a clipboard is given.`,
          action: { name: 'Export it …', run: exportSelection },
        })
        return
      case 'text': {
        const reply = await call('app.copyText', { text: result.text })
        const rows = `${formatCount(result.rows)} ${result.rows === 1 ? 'row' : 'rows'}`
        say({ text: reply.ok ? `Copied ${rows}.` : `Not copied: ${reply.error.message}` })
      }
    }
  }, [])
}

import { useCallback, useRef } from 'react'
import type { LogExtent, LogViewName } from '../../../src-preload/contract/log-view.ts'
import { call } from '../../bridge.ts'
import { formatCount } from '../../ui/format.ts'
import type { Note } from './note.ts'

interface ExportWorld {
  readonly key: string
  readonly view: LogViewName
  readonly extent: LogExtent | null
  readonly say: (note: Note | null) => void
}

/** Writes rows into a file that the person picks; all of them if none are given. */
export type ExportRows = (rows: { readonly from: number; readonly to: number } | null, withTimes: boolean) => void

export function useExport(world: ExportWorld): ExportRows {
  const present = useRef(world)
  present.current = world
  return useCallback((rows, withTimes) => {
    const { key, view, extent, say } = present.current
    if (extent === null) return
    const { from, to } = rows ?? { from: extent.firstRow, to: extent.endRow }
    say(null)
    void call('logs.export', { key, view, epoch: extent.epoch, from, to, withTimes }).then((reply) => {
      if (!reply.ok) say({ text: `Not exported: ${reply.error.message}` })
      else if (reply.value !== null) {
        say({ text: `Wrote ${formatCount(reply.value.rows)} rows to ${reply.value.file}` })
      }
    })
  }, [])
}

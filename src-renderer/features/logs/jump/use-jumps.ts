import { useCallback, useRef, useState } from 'react'
import type { LogExtent, LogStreamName, LogViewName } from '../../../../src-preload/contract/log-view.ts'
import { call } from '../../../bridge.ts'
import { type LogFrame, rowInFrame } from '../rows/log-frame.ts'
import type { Destination } from './destination.ts'

interface JumpWorld {
  readonly key: string
  readonly view: LogViewName
  readonly extent: LogExtent | null
  readonly frame: LogFrame
  readonly topRow: () => number
  readonly isSeen: (row: number) => boolean
  /** Shows a row, even if it means to show more rows than before. */
  readonly show: (row: number) => void
  readonly say: (text: string) => void
}

export interface Jumps {
  /** The row that was gone to last, for as long as it has a number; null if none was. */
  readonly marked: number | null
  readonly mark: (row: number | null) => void
  readonly toNext: (what: 'error' | 'mark', direction: 'next' | 'previous') => Promise<void>
  /** @returns why it cannot be gone to; null if it was */
  readonly toDestination: (destination: Destination, stream: LogStreamName) => Promise<string | null>
}

const NAMES = { error: 'error', mark: 'start or end of a run' } as const

/** Going to a line, a time, an error or a mark; what was gone to stays marked. */
export function useJumps(world: JumpWorld): Jumps {
  const [stored, setStored] = useState<{ readonly row: number; readonly frame: LogFrame } | null>(null)
  const marked = stored === null ? null : rowInFrame(stored.row, stored.frame, world.frame)
  const present = useRef({ ...world, marked })
  present.current = { ...world, marked }

  const mark = useCallback((row: number | null) => {
    setStored(row === null ? null : { row, frame: present.current.frame })
  }, [])

  const goTo = useCallback(
    (row: number) => {
      present.current.show(row)
      mark(row)
    },
    [mark],
  )

  const toNext = useCallback(
    async (what: 'error' | 'mark', direction: 'next' | 'previous') => {
      const { key, view, extent, marked: before, isSeen, topRow, say } = present.current
      if (extent === null) return
      const { epoch } = extent
      const isOn = before !== null && isSeen(before)
      const from = isOn ? before : topRow()
      const target = { to: what, direction } as const
      let reply = await call('logs.find', { key, view, epoch, row: from, target })
      // The row looked from may be one itself.
      const step = direction === 'next' ? 1 : -1
      if (isOn && reply.ok && reply.value.row === from && from + step >= 0) {
        reply = await call('logs.find', { key, view, epoch, row: from + step, target })
      }
      if (!reply.ok) say(reply.error.message)
      else if (reply.value.row === null || (isOn && reply.value.row === from)) say(`No ${direction} ${NAMES[what]}.`)
      else goTo(reply.value.row)
    },
    [goTo],
  )

  const toDestination = useCallback(
    async (destination: Destination, stream: LogStreamName) => {
      const { key, view, extent, topRow } = present.current
      if (extent === null) return 'The log is not open yet.'
      const target = destination.to === 'line' ? { ...destination, stream } : destination
      const reply = await call('logs.find', { key, view, epoch: extent.epoch, row: topRow(), target })
      if (!reply.ok) return reply.error.message
      if (reply.value.row === null)
        return destination.to === 'line' ? 'There is no such line.' : 'Nothing was printed then or later.'
      goTo(reply.value.row)
      return null
    },
    [goTo],
  )

  return { marked, mark, toNext, toDestination }
}

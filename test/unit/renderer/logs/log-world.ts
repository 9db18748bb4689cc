import type { LogChange, LogExtent, LogLineRow, LogPage } from '../../../../src-preload/contract/log-view.ts'
import type { Reply } from '../../../../src-preload/contract/result.ts'
import { LogSource } from '../../../../src-renderer/features/logs/rows/log-source.ts'
import { lineRow } from './rows.ts'

const LOG_CHANGED = { code: 'log-changed', message: 'The log was truncated or replaced.', hint: '' }

interface Question {
  readonly epoch: number
  readonly from: number
  readonly count: number
  readonly answer: (reply: Reply<LogPage>) => Promise<void>
}

/** A log that a test writes, and whose pages come when the test says so. */
export function makeLogWorld(rowCount: number) {
  const log = {
    epoch: 1,
    firstRow: 0,
    moved: null as LogExtent['moved'],
    counting: null as number | null,
    /** By row number; those before `firstRow` are gone. */
    rows: Array.from({ length: rowCount }, (_, index): LogLineRow => lineRow(index)),
  }
  const questions: Question[] = []
  const postponed: (() => void)[] = []
  let announce: (change: LogChange) => void = () => undefined
  let setVisible: (isVisible: boolean) => void = () => undefined
  let isVisible = true
  let opened = 0
  let closed = 0
  const extent = (): LogExtent => ({
    epoch: log.epoch,
    firstRow: log.firstRow,
    endRow: log.rows.length,
    sizeBytes: log.rows.reduce((sum, { text }) => sum + text.length, 0),
    counting: log.counting,
    moved: log.moved,
  })
  const source = new LogSource(
    {
      open: () => {
        opened += 1
        return Promise.resolve({ ok: true, value: extent() })
      },
      close: () => {
        closed += 1
      },
      page: ({ epoch, from, count }) =>
        new Promise((resolve) =>
          questions.push({
            epoch,
            from,
            count,
            answer: async (reply) => {
              resolve(reply)
              await Promise.resolve()
            },
          }),
        ),
      onChange: (listener) => {
        announce = listener
        return () => undefined
      },
      isVisible: () => isVisible,
      onVisibility: (listener) => {
        setVisible = listener
        return () => undefined
      },
      later: (action) => postponed.push(action),
    },
    'test:one',
    'stdout',
  )
  return {
    log,
    source,
    questions,
    postponed,
    opened: () => opened,
    closed: () => closed,
    tell: () => announce({ key: 'test:one', view: 'stdout', ...extent() }),
    tellAbout: (key: string, view: LogChange['view'] = 'stdout') => announce({ key, view, ...extent(), endRow: 9999 }),
    show: (shown: boolean) => {
      isVisible = shown
      setVisible(shown)
    },
    start: async () => {
      source.start()
      await Promise.resolve()
    },
    /** Answers the oldest question as the log is now. */
    answer: async () => {
      const question = questions.shift()
      if (question === undefined) throw new Error('expected a question')
      const { from, count } = question
      await question.answer({ ok: true, value: { epoch: log.epoch, from, rows: log.rows.slice(from, from + count) } })
    },
    refuse: async (error = LOG_CHANGED) => {
      await questions.shift()?.answer({ ok: false, error })
    },
    asked: () => questions.map(({ from }) => from),
    /** The text of a row that is here. */
    text: (row: number) => {
      const here = source.row(row)
      return here?.kind === 'line' ? here.text : undefined
    },
  }
}

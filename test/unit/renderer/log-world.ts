import type { LogChange, LogExtent, LogPage } from '../../../src-preload/contract/log-view.ts'
import type { Reply } from '../../../src-preload/contract/result.ts'
import { LogSource } from '../../../src-renderer/features/logs/log-source.ts'

const LOG_CHANGED = { code: 'log-changed', message: 'The log was truncated or replaced.', hint: '' }

interface Question {
  readonly epoch: number
  readonly from: number
  readonly answer: (reply: Reply<LogPage>) => Promise<void>
}

/** A log that a test writes, and whose pages come when the test says so. */
export function makeLogWorld(lineCount: number) {
  const log = { epoch: 1, lines: Array.from({ length: lineCount }, (_, index) => `line ${index}`) }
  const questions: Question[] = []
  const postponed: (() => void)[] = []
  let announce: (change: LogChange) => void = () => undefined
  let setVisible: (isVisible: boolean) => void = () => undefined
  let isVisible = true
  let opened = 0
  const extent = (): LogExtent => ({
    epoch: log.epoch,
    lineCount: log.lines.length,
    sizeBytes: log.lines.join('\n').length,
  })
  const source = new LogSource(
    {
      open: () => {
        opened += 1
        return Promise.resolve({ ok: true, value: extent() })
      },
      close: () => undefined,
      page: ({ epoch, from }) =>
        new Promise((resolve) =>
          questions.push({
            epoch,
            from,
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
    tell: () => announce({ key: 'test:one', stream: 'stdout', ...extent() }),
    tellAbout: (key: string) => announce({ key, stream: 'stdout', ...extent(), lineCount: 9999 }),
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
      const { from } = question
      const lines = log.lines.slice(from, from + 200).map((text) => ({ text, cutFromBytes: null }))
      await question.answer({ ok: true, value: { epoch: log.epoch, from, lines } })
    },
    refuse: async (error = LOG_CHANGED) => {
      await questions.shift()?.answer({ ok: false, error })
    },
    asked: () => questions.map(({ from }) => from),
  }
}

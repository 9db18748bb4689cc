import { describe, expect, it } from 'vitest'
import type { Reply } from '../../../../src-preload/contract/result.ts'
import type { EntryCheck } from '../../../../src-preload/contract/setup-view.ts'
import {
  CHECK_DELAY_MS,
  type CheckAnswer,
  type CheckQuestion,
  EntryChecker,
} from '../../../../src-renderer/features/setup/form/entry-checker.ts'

const good: EntryCheck = { problems: [], warnings: [], commandLine: 'x', program: '/x', port: null }
const question = (name: string): CheckQuestion => ({ entry: { key: 'a:b', name }, replaces: null })

/** A main process that answers when told to, and a clock that a test moves. */
function world() {
  const asked: { question: CheckQuestion; answer: (reply: Reply<EntryCheck>) => void }[] = []
  const timers: { action: () => void; milliseconds: number; isOver: boolean }[] = []
  const answers: CheckAnswer[] = []
  const checker = new EntryChecker(
    {
      ask: (about) => new Promise((answer) => asked.push({ question: about, answer })),
      later: (action, milliseconds) => {
        const timer = { action, milliseconds, isOver: false }
        timers.push(timer)
        return () => {
          timer.isOver = true
        }
      },
    },
    (answer) => answers.push(answer),
  )
  const pass = () => {
    for (const timer of timers.splice(0)) if (!timer.isOver) timer.action()
  }
  return { checker, asked, timers, answers, pass, turn: () => new Promise((resolve) => setImmediate(resolve)) }
}

describe('asking while somebody types', () => {
  it('waits for a pause, and asks once for many changes', () => {
    const { checker, asked, timers, pass } = world()
    for (const name of ['a', 'ab', 'abc']) checker.ask(question(name))
    expect(asked).toEqual([])
    expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([CHECK_DELAY_MS, CHECK_DELAY_MS, CHECK_DELAY_MS])
    pass()
    expect(asked.map((one) => one.question.entry.name)).toEqual(['abc'])
  })

  it('drops an answer that was overtaken', async () => {
    const { checker, asked, answers, pass, turn } = world()
    checker.ask(question('old'))
    pass()
    checker.ask(question('new'))
    pass()
    asked[1]?.answer({ ok: true, value: good })
    await turn()
    asked[0]?.answer({ ok: true, value: { ...good, commandLine: 'old' } })
    await turn()
    expect(answers.map(({ question: about, check }) => [about.entry.name, check?.commandLine])).toEqual([['new', 'x']])
  })

  it('asks at once for somebody who waits, instead of later', async () => {
    const { checker, asked, answers, pass } = world()
    checker.ask(question('typed'))
    const waited = checker.now(question('typed'))
    pass()
    expect(asked).toHaveLength(1)
    asked[0]?.answer({ ok: true, value: good })
    expect((await waited).check).toEqual(good)
    expect(answers).toHaveLength(1)
  })

  it('hands on why it could not be asked', async () => {
    const { checker, asked } = world()
    const waited = checker.now(question('x'))
    const error = { code: 'config-broken', message: 'services.json has a mistake.', hint: '' }
    asked[0]?.answer({ ok: false, error })
    expect(await waited).toMatchObject({ check: null, problem: error })
  })

  it('is silent once it has ended', async () => {
    const { checker, asked, answers, pass, turn } = world()
    checker.ask(question('a'))
    pass()
    checker.ask(question('b'))
    checker.end()
    pass()
    asked[0]?.answer({ ok: true, value: good })
    await turn()
    expect(asked).toHaveLength(1)
    expect(answers).toEqual([])
  })
})

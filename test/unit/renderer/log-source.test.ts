import { describe, expect, it } from 'vitest'
import { makeLogWorld } from './log-world.ts'

describe('a log that is looked at', () => {
  it('asks for the pages of the lines in sight, and each only once', async () => {
    const { source, start, asked, answer } = makeLogWorld(1000)
    await start()
    source.want(350, 410)
    source.want(360, 420)
    expect(asked()).toEqual([200, 400])
    await answer()
    expect([source.line(350)?.text, source.line(400)]).toEqual(['line 350', undefined])
    await answer()
    source.want(350, 410)
    expect(asked()).toEqual([])
  })

  it('asks for nothing beyond the end', async () => {
    const { source, start, asked } = makeLogWorld(200)
    await start()
    source.want(150, 260)
    expect(asked()).toEqual([0])
  })

  it('fetches the page of the last line again when the log grew, since that line may have been unfinished', async () => {
    const { log, source, start, answer, tell, asked } = makeLogWorld(3)
    await start()
    source.want(0, 50)
    await answer()
    log.lines[2] = 'line 2, finished'
    log.lines.push('line 3')
    tell()
    expect(source.line(2)?.text).toBe('line 2')
    expect(asked()).toEqual([0])
    await answer()
    expect([source.line(2)?.text, source.line(3)?.text]).toEqual(['line 2, finished', 'line 3'])
  })

  it('fetches it once more if it grew while that page was under way', async () => {
    const { log, source, start, answer, tell, asked, questions } = makeLogWorld(3)
    await start()
    source.want(0, 50)
    const early = questions.shift()
    log.lines.push('line 3')
    tell()
    expect(asked()).toEqual([])
    const lines = [{ text: 'line 0', cutFromBytes: null }]
    await early?.answer({ ok: true, value: { epoch: 1, from: 0, lines } })
    expect(asked()).toEqual([0])
    await answer()
    expect([source.line(3)?.text, asked()]).toEqual(['line 3', []])
  })

  it('forgets everything of a file that was replaced, also what is under way', async () => {
    const { log, source, start, answer, tell, asked, questions } = makeLogWorld(500)
    await start()
    source.want(0, 250)
    await answer()
    const late = questions.shift()
    log.epoch = 2
    log.lines = ['new']
    tell()
    expect([source.line(0), asked(), questions[0]?.epoch]).toEqual([undefined, [0], 2])
    await late?.answer({ ok: true, value: { epoch: 1, from: 200, lines: [{ text: 'old', cutFromBytes: null }] } })
    expect(source.line(200)).toBeUndefined()
    await answer()
    expect(source.line(0)?.text).toBe('new')
  })

  it('opens it again when told that it changed, after a pause', async () => {
    const { log, source, start, refuse, answer, postponed, opened } = makeLogWorld(10)
    await start()
    source.want(0, 10)
    log.epoch = 2
    await refuse()
    expect(opened()).toBe(1)
    postponed[0]?.()
    await Promise.resolve()
    expect(opened()).toBe(2)
    await answer()
    expect(source.line(9)?.text).toBe('line 9')
  })

  it('says what else went wrong, and asks no more until it is opened again', async () => {
    const { source, start, refuse, asked } = makeLogWorld(10)
    await start()
    source.want(0, 10)
    await refuse({ code: 'internal', message: 'No.', hint: '' })
    source.want(0, 9)
    expect([source.snapshot().problem?.message, asked()]).toEqual(['No.', []])
    source.reopen()
    await Promise.resolve()
    expect([source.snapshot().problem, asked()]).toEqual([null, [0]])
  })

  it('rests while the page is hidden and catches up when it is shown', async () => {
    const { log, source, start, answer, tell, asked, show } = makeLogWorld(10)
    await start()
    source.want(0, 50)
    await answer()
    const before = source.snapshot()
    show(false)
    log.lines.push('line 10')
    tell()
    expect([source.snapshot() === before, asked()]).toEqual([true, []])
    show(true)
    expect(asked()).toEqual([0])
    await answer()
    expect([source.snapshot().extent?.lineCount, source.line(10)?.text]).toEqual([11, 'line 10'])
  })

  it('moves the end on only when its new lines are here, and keeps up with one that never rests', async () => {
    const { log, source, start, answer, tell, asked } = makeLogWorld(1000)
    const shown = () => source.snapshot().extent?.lineCount
    const grow = (count: number) => {
      for (let left = count; left > 0; left -= 1) log.lines.push(`line ${log.lines.length}`)
      tell()
    }
    await start()
    source.want(950, 1000)
    await answer()
    grow(5000)
    expect([shown(), asked()]).toEqual([1000, [5800]])
    grow(5000)
    await answer()
    expect([shown(), source.line(5999)?.text, asked()]).toEqual([6000, 'line 5999', [10_800]])
    source.want(5950, 6000)
    await answer()
    expect([shown(), source.line(10_999)?.text]).toEqual([11_000, 'line 10999'])
  })

  it('shows at once how long the log is to whoever looks elsewhere, or looks away', async () => {
    const { log, source, start, answer, tell, asked } = makeLogWorld(1000)
    await start()
    source.want(950, 1000)
    await answer()
    log.lines.push(...Array.from({ length: 500 }, () => 'more'))
    tell()
    source.want(100, 150)
    expect(source.snapshot().extent?.lineCount).toBe(1500)
    expect(asked()).toEqual([1400, 0])
    log.lines.push('one more')
    tell()
    expect(source.snapshot().extent?.lineCount).toBe(1501)
  })

  it('waits for no line that the log does not have', async () => {
    const { source, start, answer, tell, asked, log, questions } = makeLogWorld(10)
    await start()
    source.want(0, 50)
    await answer()
    log.lines.push('announced')
    tell()
    log.lines.pop()
    await answer()
    expect([source.snapshot().extent?.lineCount, asked(), questions]).toEqual([11, [], []])
  })

  it('takes no announcement about another service', async () => {
    const { source, start, tellAbout } = makeLogWorld(10)
    await start()
    tellAbout('test:other')
    expect(source.snapshot().extent?.lineCount).toBe(10)
  })

  it('asks for at most four pages at a time, and then only for what is still in sight', async () => {
    const { source, start, answer, asked } = makeLogWorld(100_000)
    await start()
    for (let line = 0; line < 90_000; line += 1000) source.want(line, line + 50)
    expect(asked()).toEqual([0, 1000, 2000, 3000])
    await answer()
    expect(asked()).toEqual([1000, 2000, 3000, 89_000])
  })
})

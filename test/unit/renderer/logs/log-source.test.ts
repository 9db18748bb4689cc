import { describe, expect, it } from 'vitest'
import { rowInFrame } from '../../../../src-renderer/features/logs/rows/log-frame.ts'
import { LogSlot } from '../../../../src-renderer/features/logs/rows/log-slot.ts'
import { makeLogWorld } from './log-world.ts'
import { lineRow } from './rows.ts'

describe('a log that is looked at', () => {
  it('asks for the pages of the lines in sight, and each only once', async () => {
    const { source, start, asked, answer, text } = makeLogWorld(1000)
    await start()
    source.want(350, 410)
    source.want(360, 420)
    expect(asked()).toEqual([200, 400])
    await answer()
    expect([text(350), source.row(400)]).toEqual(['line 350', undefined])
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
    const { log, source, start, answer, tell, asked, text } = makeLogWorld(3)
    await start()
    source.want(0, 50)
    await answer()
    log.rows[2] = lineRow(2, { text: 'line 2, finished' })
    log.rows.push(lineRow(3))
    tell()
    expect(text(2)).toBe('line 2')
    expect(asked()).toEqual([0])
    await answer()
    expect([text(2), text(3)]).toEqual(['line 2, finished', 'line 3'])
  })

  it('fetches it once more if it grew while that page was under way', async () => {
    const { log, source, start, answer, tell, asked, questions, text } = makeLogWorld(3)
    await start()
    source.want(0, 50)
    const early = questions.shift()
    log.rows.push(lineRow(3))
    tell()
    expect(asked()).toEqual([])
    const rows = [lineRow(0)]
    await early?.answer({ ok: true, value: { epoch: 1, from: 0, rows } })
    expect(asked()).toEqual([0])
    await answer()
    expect([text(3), asked()]).toEqual(['line 3', []])
  })

  it('forgets everything of a file that was replaced, also what is under way', async () => {
    const { log, source, start, answer, tell, asked, questions, text } = makeLogWorld(500)
    await start()
    source.want(0, 250)
    await answer()
    const late = questions.shift()
    log.epoch = 2
    log.rows = [lineRow(0, { text: 'new' })]
    tell()
    expect([source.row(0), asked(), questions[0]?.epoch]).toEqual([undefined, [0], 2])
    await late?.answer({ ok: true, value: { epoch: 1, from: 200, rows: [lineRow(200, { text: 'old' })] } })
    expect(source.row(200)).toBeUndefined()
    await answer()
    expect(text(0)).toBe('new')
  })

  it('opens it again when told that it changed, after a pause', async () => {
    const { log, source, start, refuse, answer, postponed, opened, text } = makeLogWorld(10)
    await start()
    source.want(0, 10)
    log.epoch = 2
    await refuse()
    expect(opened()).toBe(1)
    postponed[0]?.()
    await Promise.resolve()
    expect(opened()).toBe(2)
    await answer()
    expect(text(9)).toBe('line 9')
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
    const { log, source, start, answer, tell, asked, show, text } = makeLogWorld(10)
    await start()
    source.want(0, 50)
    await answer()
    const before = source.snapshot()
    show(false)
    log.rows.push(lineRow(10))
    tell()
    expect([source.snapshot() === before, asked()]).toEqual([true, []])
    show(true)
    expect(asked()).toEqual([0])
    await answer()
    expect([source.snapshot().extent?.endRow, text(10)]).toEqual([11, 'line 10'])
  })

  it('rests in its slot while its viewer is hidden, stays open, and catches up when that is shown', async () => {
    const { log, source, answer, tell, asked, text, opened, closed } = makeLogWorld(10)
    const slot = new LogSlot()
    const rest = slot.use(source, () => source.start())
    await Promise.resolve()
    source.want(0, 50)
    await answer()
    const before = source.snapshot()
    rest()
    log.rows.push(lineRow(10))
    tell()
    expect([source.snapshot() === before, asked()]).toEqual([true, []])
    slot.use(source, () => source.start())
    expect(asked()).toEqual([0])
    await answer()
    expect([source.snapshot().extent?.endRow, text(10)]).toEqual([11, 'line 10'])
    expect([source.snapshot().frame, opened(), closed()]).toEqual([before.frame, 1, 0])
  })

  it('is closed by its slot when another one takes its place, or when that ends', () => {
    const [one, other] = [makeLogWorld(1), makeLogWorld(1)]
    const slot = new LogSlot()
    slot.use(one.source, () => one.source.start())()
    slot.use(other.source, () => other.source.start())
    expect([one.closed(), other.closed()]).toEqual([1, 0])
    slot.end()
    slot.end()
    expect([one.closed(), other.closed()]).toEqual([1, 1])
  })

  it('moves the end on only when its new lines are here, and keeps up with one that never rests', async () => {
    const { log, source, start, answer, tell, asked, text } = makeLogWorld(1000)
    const shown = () => source.snapshot().extent?.endRow
    const grow = (count: number) => {
      for (let left = count; left > 0; left -= 1) log.rows.push(lineRow(log.rows.length))
      tell()
    }
    await start()
    source.want(950, 1000)
    await answer()
    grow(5000)
    expect([shown(), asked()]).toEqual([1000, [5800]])
    grow(5000)
    await answer()
    expect([shown(), text(5999), asked()]).toEqual([6000, 'line 5999', [10_800]])
    source.want(5950, 6000)
    await answer()
    expect([shown(), text(10_999)]).toEqual([11_000, 'line 10999'])
  })

  it('shows at once how long the log is to whoever looks elsewhere, or looks away', async () => {
    const { log, source, start, answer, tell, asked } = makeLogWorld(1000)
    await start()
    source.want(950, 1000)
    await answer()
    log.rows.push(...Array.from({ length: 500 }, (_, index) => lineRow(1000 + index)))
    tell()
    source.want(100, 150)
    expect(source.snapshot().extent?.endRow).toBe(1500)
    expect(asked()).toEqual([1400, 0])
    log.rows.push(lineRow(1500))
    tell()
    expect(source.snapshot().extent?.endRow).toBe(1501)
  })

  it('waits for no line that the log does not have', async () => {
    const { source, start, answer, tell, asked, log, questions } = makeLogWorld(10)
    await start()
    source.want(0, 50)
    await answer()
    log.rows.push(lineRow(10))
    tell()
    log.rows.pop()
    await answer()
    expect([source.snapshot().extent?.endRow, asked(), questions]).toEqual([11, [], []])
  })

  it('takes no announcement about another service or another view', async () => {
    const { source, start, tellAbout } = makeLogWorld(10)
    await start()
    tellAbout('test:other')
    tellAbout('test:one', 'merged')
    expect(source.snapshot().extent?.endRow).toBe(10)
  })

  it('asks for at most four pages at a time, and then only for what is still in sight', async () => {
    const { source, start, answer, asked } = makeLogWorld(100_000)
    await start()
    for (let line = 0; line < 90_000; line += 1000) source.want(line, line + 50)
    expect(asked()).toEqual([0, 1000, 2000, 3000])
    await answer()
    expect(asked()).toEqual([1000, 2000, 3000, 89_000])
  })

  it('asks for nothing that was rotated away', async () => {
    const { log, start, source, questions, answer, text } = makeLogWorld(1000)
    log.firstRow = 450
    await start()
    source.want(300, 500)
    expect(questions.map(({ from, count }) => [from, count])).toEqual([[450, 150]])
    await answer()
    expect([source.row(449), text(450), text(599)]).toEqual([undefined, 'line 450', 'line 599'])
  })

  it('shows rows that moved at their new place until they came again, and says by how much they moved', async () => {
    const { log, start, source, questions, answer, tell, text } = makeLogWorld(100)
    log.counting = 0.4
    log.rows = log.rows.map((row) => ({ ...row, line: null }))
    await start()
    source.want(50, 100)
    await answer()
    const before = source.snapshot().frame
    log.rows = Array.from({ length: 1100 }, (_, index) => lineRow(index, { text: `counted ${index}` }))
    Object.assign(log, { epoch: 2, counting: null, moved: { fromEpoch: 1, shift: 1000 } })
    tell()
    const { frame } = source.snapshot()
    expect(rowInFrame(70, before, frame)).toBe(1070)
    expect(text(1070)).toBe('line 70')
    source.want(1050, 1100)
    expect(questions.map(({ epoch, from }) => [epoch, from])).toEqual([[2, 1000]])
    await answer()
    expect(text(1070)).toBe('counted 1070')
  })

  it('loses rows that moved from an epoch it never saw', async () => {
    const { log, start, source, answer, tell } = makeLogWorld(100)
    await start()
    source.want(50, 100)
    await answer()
    const before = source.snapshot().frame
    Object.assign(log, { epoch: 3, moved: { fromEpoch: 2, shift: 1000 } })
    tell()
    expect([rowInFrame(70, before, source.snapshot().frame), source.row(1070)]).toEqual([null, undefined])
  })

  it('does not fetch anything again when only the counting went on', async () => {
    const { log, start, source, answer, tell, asked } = makeLogWorld(100)
    log.counting = 0.1
    await start()
    source.want(0, 100)
    await answer()
    log.counting = 0.9
    tell()
    expect([source.snapshot().extent?.counting, asked()]).toEqual([0.9, []])
  })

  it('fetches the last line of each stream again, since either may have been unfinished', async () => {
    const { log, start, source, answer, tell, asked, text } = makeLogWorld(500)
    log.rows = log.rows.map((row, index) => (index > 10 ? { ...row, stream: 'stderr' as const } : row))
    await start()
    source.want(0, 450)
    for (let page = 0; page < 3; page += 1) await answer()
    log.rows[10] = lineRow(10, { text: 'the progress bar went on' })
    tell()
    source.want(0, 150)
    expect(asked()).toContain(0)
    while (asked().length > 0) await answer()
    expect(text(10)).toBe('the progress bar went on')
  })
})

import { describe, expect, it } from 'vitest'
import { CountedUsage, type ProcessCounters } from '../../../src-main/os/usage-counters.ts'
import { toEpochMs } from '../../../src-main/os/usage-win32.ts'

const counters = (pid: number, cpuMs: number, more: Partial<ProcessCounters> = {}): ProcessCounters => ({
  pid,
  createdAt: `${pid}`,
  bornAtMs: 0,
  cpuMs,
  memory: { own: 10, shareable: 100 },
  ...more,
})

/** A source whose counters and clock the test sets. */
function world() {
  const state = { at: 0, wall: 10_000, processes: [] as ProcessCounters[] }
  const clock = { steady: () => state.at, wall: () => state.wall }
  return { state, source: new CountedUsage(() => state.processes, clock) }
}

const trees = new Map([
  ['a', [1, 2]],
  ['b', [3]],
])

describe('usage by counters', () => {
  it('is what was computed since the sample before, over all members', async () => {
    const { state, source } = world()
    state.processes = [counters(1, 1_000), counters(2, 0), counters(3, 0)]
    await source.sample(trees)
    state.at = 2_000
    state.processes = [counters(1, 3_000), counters(2, 1_000), counters(3, 500), counters(4, 9_000)]
    const usage = await source.sample(trees)
    expect(usage.get('a')).toEqual({ cpuPercent: 150, memoryBytes: 120, processCount: 2 })
    expect(usage.get('b')).toEqual({ cpuPercent: 25, memoryBytes: 110, processCount: 1 })
  })

  it('is at first what was computed since a process began', async () => {
    const { state, source } = world()
    state.processes = [counters(3, 5_000, { bornAtMs: 0 })]
    expect((await source.sample(trees)).get('b')?.cpuPercent).toBe(50)
  })

  it('begins anew for another process of the same pid', async () => {
    const { state, source } = world()
    state.processes = [counters(3, 5_000)]
    await source.sample(trees)
    state.at = 1_000
    state.processes = [counters(3, 100, { createdAt: 'later', bornAtMs: 9_000 })]
    expect((await source.sample(trees)).get('b')?.cpuPercent).toBe(10)
  })

  it('is never less than nothing: two samples at once, a clock that was set back', async () => {
    const { state, source } = world()
    state.processes = [counters(3, 5_000, { bornAtMs: 20_000 })]
    expect((await source.sample(trees)).get('b')?.cpuPercent).toBe(0)
    state.processes = [counters(3, 6_000)]
    expect((await source.sample(trees)).get('b')?.cpuPercent).toBe(0)
    state.at = 1_000
    state.processes = [counters(3, 1)]
    expect((await source.sample(trees)).get('b')?.cpuPercent).toBe(0)
  })

  it('leaves out trees of which nothing is left', async () => {
    const { state, source } = world()
    state.processes = [counters(1, 0)]
    expect([...(await source.sample(trees))]).toEqual([['a', { cpuPercent: 0, memoryBytes: 110, processCount: 1 }]])
    expect((await source.sample(new Map())).size).toBe(0)
  })
})

describe('a FILETIME', () => {
  it('is a moment', () => {
    expect(toEpochMs('116444736000000000')).toBe(0)
    expect(new Date(toEpochMs('133801632000000000')).toISOString()).toBe('2025-01-01T00:00:00.000Z')
  })
})

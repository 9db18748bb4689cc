import { describe, expect, it } from 'vitest'
import type { PresetView } from '../../../src-preload/contract/setup-view.ts'
import { shownTab, tabsOf } from '../../../src-renderer/features/services/detail-tabs.ts'
import { runOf } from '../../../src-renderer/features/services/run-of.ts'
import { LaterCode } from '../../../src-renderer/ui/Later.tsx'
import { makeView } from './service-view.ts'

const preset = (canList: boolean, canTry: boolean): PresetView => ({
  id: 'one',
  title: 'One',
  about: '',
  docsUrl: null,
  defaultPort: null,
  onlyHost: null,
  hasProgram: true,
  needs: { binName: null, cwd: null },
  options: [],
  keyVariable: null,
  control: 'process',
  models: { canList, canLoad: false, canUnload: false },
  canTry,
  logNote: null,
  childNames: [],
})

describe('the tabs of a service', () => {
  const idsOf = (one: PresetView | null) => tabsOf(one).map(({ id }) => id)

  it('are those its kind of server has something for', () => {
    expect(idsOf(null)).toEqual(['output'])
    expect(idsOf(preset(false, false))).toEqual(['output'])
    expect(idsOf(preset(true, false))).toEqual(['output', 'models'])
    expect(idsOf(preset(false, true))).toEqual(['output', 'try'])
    expect(idsOf(preset(true, true))).toEqual(['output', 'models', 'try'])
  })

  it('show the output unless another one was chosen that exists', () => {
    expect(shownTab(tabsOf(preset(true, true)), 'try')).toBe('try')
    expect(shownTab(tabsOf(preset(true, true)), undefined)).toBe('output')
    expect(shownTab(tabsOf(null), 'try')).toBe('output')
  })
})

it('names each run of a service differently, and none while it cannot be talked to', () => {
  const running = makeView({ status: 'running', pid: 7, startedAt: 1 })
  const names = [
    running,
    { ...running, pid: 8 },
    { ...running, startedAt: 2 },
    { ...running, status: 'external' as const },
  ]
  expect(new Set(names.map(runOf)).size).toBe(3)
  expect(names.map(runOf)).not.toContain(null)
  expect(
    (['stopped', 'starting', 'stopping', 'backoff', 'failed'] as const).map((status) => runOf({ ...running, status })),
  ).toEqual([null, null, null, null, null])
})

describe('code that comes later', () => {
  it('is loaded once, and told of when it is there', async () => {
    let loads = 0
    const code = new LaterCode<object>(async () => {
      loads += 1
      return () => null
    })
    let told = 0
    code.subscribe(() => {
      told += 1
    })
    expect(code.state()).toBeNull()
    await Promise.all([code.fetch(), code.fetch()])
    expect([loads, told, typeof code.state()]).toEqual([1, 1, 'function'])
  })

  it('says that it does not come instead of throwing', async () => {
    const code = new LaterCode<object>(() => Promise.reject(new Error('no such file')))
    await code.fetch()
    expect(code.state()).toEqual(new Error('no such file'))
  })
})

import { describe, expect, it, vi } from 'vitest'

describe('the options of the log viewer', () => {
  it('keep what did not change the same object, however often they are read anew', async () => {
    const stored = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    })
    const options = await import('../../../../src-renderer/store/log-options.ts')
    options.setSearchFlags({ matchCase: true })
    options.selectView('a:b', 'stderr')
    const { search, views } = options.logOptionsStore.getState()
    options.setContext(3)
    options.setWrapped('a:b', true)
    expect(options.logOptionsStore.getState()).toMatchObject({ context: 3, wrapped: ['a:b'] })
    expect(options.logOptionsStore.getState().search).toBe(search)
    expect(options.logOptionsStore.getState().views).toBe(views)
    options.setSearchFlags({ matchCase: false })
    expect(options.logOptionsStore.getState().search).not.toBe(search)
    vi.unstubAllGlobals()
  })
})

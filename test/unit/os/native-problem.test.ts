import { describe, expect, it, vi } from 'vitest'

describe('what is worse without native calls', () => {
  it('is said on Windows, with the first reason, once they were needed', async () => {
    vi.stubEnv('AGENTOS_NO_KOFFI', '1')
    const { loadKoffi, nativeProblem, noteNativeProblem } = await import('../../../src-main/os/native/koffi.ts')
    expect(nativeProblem('win32')).toBeNull()
    expect(await loadKoffi()).toBeNull()
    noteNativeProblem(new Error('a later one'))
    expect(nativeProblem('win32')).toContain('(AGENTOS_NO_KOFFI is set)')
    expect(nativeProblem('linux')).toBeNull()
    expect(nativeProblem('darwin')).toBeNull()
  })
})

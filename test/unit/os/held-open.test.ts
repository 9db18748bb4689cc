import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeFileSync, retryHeldOpen, retryHeldOpenSync } from '../../../src-main/os/held-open.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

describe('what somebody holds open on Windows', () => {
  const held = (code: string) => Object.assign(new Error(`${code}: operation not permitted, rename`), { code })

  function failing(times: number, code: string) {
    let calls = 0
    return {
      calls: () => calls,
      rename: () => {
        calls += 1
        if (calls <= times) {
          throw held(code)
        }
      },
    }
  }

  it.each(['EPERM', 'EBUSY', 'EACCES'])('tries again after %s', async (code) => {
    const waits: number[] = []
    const first = failing(3, code)
    await retryHeldOpen(
      async () => first.rename(),
      'win32',
      async (milliseconds) => waits.push(milliseconds),
    )
    expect(first.calls()).toBe(4)
    expect(waits).toEqual([5, 10, 20])
    const second = failing(3, code)
    retryHeldOpenSync(second.rename, 'win32', () => undefined)
    expect(second.calls()).toBe(4)
  })

  it('gives up after ten attempts, blocking after eight, and tells the reason', async () => {
    const first = failing(100, 'EBUSY')
    await expect(
      retryHeldOpen(
        async () => first.rename(),
        'win32',
        async () => undefined,
      ),
    ).rejects.toThrow(/EBUSY/)
    expect(first.calls()).toBe(10)
    const second = failing(100, 'EBUSY')
    expect(() => retryHeldOpenSync(second.rename, 'win32', () => undefined)).toThrow(/EBUSY/)
    expect(second.calls()).toBe(8)
  })

  it('does not try again elsewhere, nor for other errors', async () => {
    const posix = failing(1, 'EPERM')
    await expect(retryHeldOpen(async () => posix.rename(), 'linux')).rejects.toThrow(/EPERM/)
    const other = failing(1, 'ENOSPC')
    expect(() => retryHeldOpenSync(other.rename, 'win32')).toThrow(/ENOSPC/)
  })
})

describe('removeFileSync', () => {
  it('removes a file, and takes a missing one for removed', () => {
    const file = join(temporaryDirectory(), 'a')
    writeFileSync(file, 'x')
    removeFileSync(file)
    removeFileSync(file)
    expect(existsSync(file)).toBe(false)
  })

  it('says why it could not', () => {
    expect(() => removeFileSync(temporaryDirectory())).toThrow()
  })
})

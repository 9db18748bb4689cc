import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LogFiles } from '../../../../src-main/logs/log-files.ts'
import { fileState } from '../../../../src-main/logs/store/file-state.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

describe('the state of a file', () => {
  it('is what the system says', () => {
    const file = join(temporaryDirectory(), 'a')
    writeFileSync(file, '12345')
    const { size, mtimeMs } = fileState(statSync(file, { bigint: true }))
    expect(size).toBe(5)
    expect(Math.abs(mtimeMs - statSync(file).mtimeMs)).toBeLessThan(1)
  })

  it('tells files apart whose numbers differ in the last of 64 bits, as on Windows', () => {
    const stats = statSync(temporaryDirectory(), { bigint: true })
    const ino = 0x0123_0000_0001_8a01n
    const ids = [ino, ino + 1n].map((number) => fileState({ ...stats, ino: number } as typeof stats).id)
    expect(Number(ino)).toBe(Number(ino + 1n))
    expect(ids[0]).not.toBe(ids[1])
  })
})

describe('the folder of a service', () => {
  it('is its own on every system, also if its key ends with a dot', () => {
    const directory = temporaryDirectory()
    const files = new LogFiles(directory)
    const keys = ['a:b', 'a:b.', 'a:b..', 'a.b:c-d_e']
    for (const key of keys) {
      const folder = files.folder(key)
      mkdirSync(folder)
      expect(folder.endsWith('.')).toBe(false)
      expect(decodeURIComponent(folder.slice(directory.length + 1))).toBe(key)
    }
  })
})

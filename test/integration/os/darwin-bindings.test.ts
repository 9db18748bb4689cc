import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bindSystemLibrary } from '../../../src-main/os/native/darwin/system-library.ts'
import { loadKoffi, NO_KOFFI } from '../../../src-main/os/native/koffi.ts'
import { fixture } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const hasCompiler = spawnSync('cc', ['--version']).status === 0
const isPossible = process.platform === 'linux' && hasCompiler && process.env[NO_KOFFI] === undefined

/** The calls of macOS, made to a library of this system that answers with its arguments. */
async function bind() {
  const library = join(temporaryDirectory(), 'library.so')
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, fixture('mac-library.c')])
  const koffi = await loadKoffi()
  if (koffi === null) throw new Error('expected koffi')
  return bindSystemLibrary(koffi, { system: library, libproc: library })
}

const numbers = (bytes: Buffer, count: number) =>
  Array.from({ length: count }, (_, index) => Number(bytes.readBigInt64LE(index * 8)))

describe.runIf(isPossible)('the calls into macOS', () => {
  it('pass every argument, and bytes back', async () => {
    const library = await bind()
    const bytes = Buffer.alloc(100)
    expect(library.sysctl([1, 14, 1, 4711], null)).toBe(36)
    expect(library.sysctl([1, 14, 1, 4711], bytes)).toBe(16)
    expect([0, 4, 8, 12].map((offset) => bytes.readInt32LE(offset))).toEqual([1, 14, 1, 4711])
    expect(library.sysctlByName('kern.bootsessionuuid', bytes)).toBe(21)
    expect(bytes.toString('latin1', 0, 21)).toBe('kern.bootsessionuuid\0')
    expect(library.procPidInfo(4711, 3, bytes)).toBe(32)
    expect(numbers(bytes, 4)).toEqual([4711, 3, 0, 100])
    expect(library.procPidFdInfo(4711, 12, 3, bytes)).toBe(32)
    expect(numbers(bytes, 4)).toEqual([4711, 12, 3, 100])
    expect(library.procPidPath(4711, bytes)).toBe(16)
    expect(numbers(bytes, 2)).toEqual([4711, 100])
    expect(library.procPidRusage(4711, 0, bytes)).toBe(true)
    expect(numbers(bytes, 2)).toEqual([4711, 0])
    expect(library.machTimebaseInfo(bytes)).toBe(true)
    expect([bytes.readUInt32LE(0), bytes.readUInt32LE(4)]).toEqual([125, 3])
  })

  it('tell refusals from answers', async () => {
    const library = await bind()
    expect(library.sysctl([1, 14, 1, 4711], Buffer.alloc(8))).toBeNull()
    expect(library.sysctlByName('kern.bootsessionuuid', Buffer.alloc(8))).toBeNull()
    expect(library.procPidInfo(-1, 3, Buffer.alloc(100))).toBe(0)
    expect(library.procPidRusage(-1, 0, Buffer.alloc(100))).toBe(false)
  })

  it('cannot be bound where one of them is missing', async () => {
    const koffi = await loadKoffi()
    if (koffi === null) throw new Error('expected koffi')
    expect(() => bindSystemLibrary(koffi)).toThrow('shared library')
  })
})

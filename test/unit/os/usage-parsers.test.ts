import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { GpuMemory, parseComputeApps } from '../../../src-main/os/gpu-memory.ts'
import { parseMemory, sumMemory } from '../../../src-main/os/processes/tree-memory.ts'

const MIB = 1024 * 1024

describe('nvidia-smi', () => {
  it('tells bytes per process, over all cards', () => {
    const text = '2714, 10240\n31337, 512\n2714, 6144\n'
    expect(parseComputeApps(text)).toEqual(
      new Map([
        [2714, 16_384 * MIB],
        [31_337, 512 * MIB],
      ]),
    )
  })

  it.each([
    ['nothing runs', ''],
    ['a Windows desktop driver', '4242, [N/A]\r\n5151, [N/A]\r\n'],
    ['another user', '4242, [Insufficient Permissions]\n'],
    ['no driver', 'NVIDIA-SMI has failed because it couldn’t communicate with the NVIDIA driver.\n'],
  ])('tells nothing: %s', (_, text) => {
    expect(parseComputeApps(text).size).toBe(0)
  })
})

describe('GPU memory', () => {
  it('is asked for in the background, at most every five seconds', async () => {
    let now = 0
    let asked = 0
    const gpu = new GpuMemory(
      async () => `7, ${++asked}\n`,
      () => now,
    )
    expect(gpu.latest()).toBeNull()
    await turn()
    now = 4_999
    expect(gpu.latest()).toEqual(new Map([[7, MIB]]))
    now = 5_000
    gpu.latest()
    await turn()
    expect(gpu.latest()).toEqual(new Map([[7, 2 * MIB]]))
    expect(asked).toBe(2)
  })

  it('is unknown again after a failure, and asked for again', async () => {
    let now = 0
    const answers = ['7, 1\n', null, '7, 3\n']
    const gpu = new GpuMemory(
      async () => answers.shift() ?? null,
      () => now,
    )
    const seen: (number | undefined)[] = []
    for (; now < 15_000; now += 5_000) {
      gpu.latest()
      await turn()
      seen.push(gpu.latest()?.get(7))
    }
    expect(seen).toEqual([MIB, undefined, 3 * MIB])
  })

  it('is not asked for again where there is no such program', async () => {
    let now = 0
    let asked = 0
    const gpu = new GpuMemory(
      () => {
        asked += 1
        return Promise.reject(new Error('ENOENT'))
      },
      () => now,
    )
    for (; now < 60_000; now += 5_000) {
      expect(gpu.latest()).toBeNull()
      await turn()
    }
    expect(asked).toBe(1)
  })
})

describe('memory of a tree', () => {
  const status = (anon: number, file: number, shmem: number) =>
    `Name:\tllama-server\nVmRSS:\t  ${anon + file + shmem} kB\nRssAnon:\t   ${anon} kB\nRssFile:\t  ${file} kB\nRssShmem:\t       ${shmem} kB\nVmData:\t 100 kB\n`

  it('counts what processes share once', () => {
    const root = parseMemory(status(1_000, 8_000_000, 0))
    const worker = parseMemory(status(2_000, 7_000_000, 500))
    expect(root).toEqual({ own: 1_000 * 1024, shareable: 8_000_000 * 1024 })
    if (root === null || worker === null) throw new Error('expected parts')
    expect(sumMemory([root, worker])).toBe(8_003_000 * 1024)
  })

  it('is nothing for a process without memory', () => {
    expect(parseMemory('Name:\tkworker/0:1\nState:\tI (idle)\n')).toBeNull()
    expect(sumMemory([])).toBe(0)
  })
})

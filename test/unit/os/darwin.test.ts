import { describe, expect, it } from 'vitest'
import { createDarwinKernel, knowsItself } from '../../../src-main/os/native/darwin/kernel.ts'
import { hasVariable } from '../../../src-main/os/native/darwin/process-arguments.ts'
import { createDarwinNativeTable } from '../../../src-main/os/processes/darwin-native.ts'
import { readDarwinUsage } from '../../../src-main/os/processes/darwin-usage.ts'
import { darwinState } from '../../../src-main/os/processes/stop-state.ts'
import { sumMemory } from '../../../src-main/os/processes/tree-memory.ts'
import { fdInfo, kinfoProc, rusageInfo, socketFdInfo, taskInfo } from '../../support/darwin-structs.ts'
import {
  type FakeMac,
  type FakeProcess,
  fakeLibrary,
  fakeMac,
  listeningSocket,
  processArguments,
} from '../../support/fake-mac.ts'

const kernelOf = (mac: FakeMac) => createDarwinKernel(fakeLibrary(mac))
const tableOf = (...processes: FakeProcess[]) => createDarwinNativeTable(kernelOf(fakeMac(...processes)))

const ollama: FakeProcess = {
  pid: 4711,
  ppid: 501,
  pgid: 4700,
  start: [1_795_400_000, 42],
  name: 'ollama',
}
const ollamaEntry = { pid: 4711, parentPid: 501, groupId: 4700, createdAt: '1795400000.000042', name: 'ollama' }

describe('structures of macOS', () => {
  // Sizes that the system itself goes by; a declaration that was copied wrongly shows here.
  it.each([
    ['kinfo_proc', kinfoProc, 648],
    ['proc_fdinfo', fdInfo, 8],
    ['socket_fdinfo', socketFdInfo, 792],
    ['rusage_info_v0', rusageInfo, 96],
    ['proc_taskinfo', taskInfo, 96],
  ])('%s has its size', (_name, layout, size) => {
    expect(layout.size).toBe(size)
  })
})

describe('the process table of macOS', () => {
  it('reads parent, group, creation time to the microsecond and name', async () => {
    const table = tableOf({ pid: 1, ppid: 0, name: 'launchd' }, ollama)
    expect(await table.find(4711)).toEqual(ollamaEntry)
    expect(await table.list()).toEqual([
      { pid: 1, parentPid: 0, groupId: 1, createdAt: '1795400000.000000', name: 'launchd' },
      ollamaEntry,
    ])
  })

  it('has no zombies, not the kernel, and nothing for what is no pid', async () => {
    const table = tableOf({ pid: 0, ppid: 0, name: 'kernel_task' }, { pid: 7, stat: 5 }, { pid: -7 }, ollama)
    expect(await table.list()).toEqual([ollamaEntry])
    for (const pid of [0, 7, -7, 8, 1.5, Number.NaN, 2 ** 31, 2 ** 53]) expect(await table.find(pid)).toBeNull()
  })

  it('takes the rest of a long name from the path, unless that is another program', async () => {
    const long = { ...ollama, name: 'koboldcpp-mac-arm64' }
    const nameFor = async (path?: string) =>
      (await tableOf({ ...long, ...(path === undefined ? {} : { path }) }).find(4711))?.name
    expect(await nameFor('/opt/models/koboldcpp-mac-arm64')).toBe('koboldcpp-mac-arm64')
    expect(await nameFor('/usr/bin/python3')).toBe('koboldcpp-mac-ar')
    expect(await nameFor()).toBe('koboldcpp-mac-ar')
  })

  it('reads a table that grows while it is read, and one that shrinks', async () => {
    const mac = fakeMac(ollama)
    const library = fakeLibrary(mac)
    let isGrowing = true
    const kernel = createDarwinKernel({
      ...library,
      sysctl(name, into) {
        const answer = library.sysctl(name, into)
        if (into === null && isGrowing) {
          isGrowing = false
          for (let pid = 10_000; pid < 10_500; pid += 1) mac.processes.push({ pid })
        }
        return answer
      },
    })
    expect(kernel.processes()).toHaveLength(501)
    mac.processes.splice(1)
    expect(kernel.processes().map(({ pid }) => pid)).toEqual([4711])
  })

  it('fails rather than say that nothing runs', async () => {
    const kernel = createDarwinKernel({ ...fakeLibrary(fakeMac(ollama)), sysctl: () => null })
    await expect(createDarwinNativeTable(kernel).list()).rejects.toThrow('kern.proc.all')
  })

  it('knows the boot by the session, and fails without one', async () => {
    expect(await tableOf().bootId()).toBe('5F3C0B9E-6C1D-4C0B-9B58-6C0E5B1A2D3F')
    expect(() => kernelOf({ ...fakeMac(), bootSession: '' })).toThrow('kern.bootsessionuuid')
    expect(() => kernelOf({ ...fakeMac(), timebase: [1, 0] })).toThrow('mach_timebase_info')
  })
})

describe('listeners on macOS', () => {
  const listening = (pid: number, sockets: readonly (Buffer | null)[], name = 'x'): FakeProcess => ({
    pid,
    name,
    descriptors: new Map(sockets.map((socket, index) => [index + 3, socket])),
  })

  it('are named by port and family, the parent before its workers', async () => {
    const v4 = listeningSocket(11_434, 1)
    const table = tableOf(
      listening(502, [v4], 'worker'),
      listening(501, [null, v4, listeningSocket(11_434, 2), listeningSocket(8080, 3)], 'ollama'),
      { pid: 600, name: 'of another user' },
    )
    expect(await table.listeners(new Set([11_434, 8080, 1]))).toEqual([
      { port: 11_434, pid: 501, name: 'ollama', family: 4 },
      { port: 11_434, pid: 501, name: 'ollama', family: 6 },
      { port: 8080, pid: 501, name: 'ollama', family: 6 },
    ])
    expect(await table.listeners(new Set([8081]))).toEqual([])
    expect(await table.listeners(new Set())).toEqual([])
  })

  it('are not those who are connected, nor other kinds of sockets', async () => {
    const connected = listeningSocket(8080, 1, { 'psi.soi_proto.pri_tcp.tcpsi_state': 4 })
    const other = listeningSocket(8080, 1, { 'psi.soi_kind': 3 })
    expect(await tableOf(listening(501, [connected, other])).listeners(new Set([8080]))).toEqual([])
  })

  it('are found however many descriptors are open', async () => {
    const sockets = [...Array<null>(5_000).fill(null), listeningSocket(8080, 1)]
    const [holder] = await tableOf(listening(501, sockets)).listeners(new Set([8080]))
    expect(holder).toMatchObject({ pid: 501, port: 8080 })
  })

  it('are left out if a descriptor was closed meanwhile', async () => {
    const mac = fakeMac(listening(501, [listeningSocket(8080, 1)]))
    const kernel = createDarwinKernel({ ...fakeLibrary(mac), procPidFdInfo: () => 0 })
    expect(kernel.listeningSockets(501)).toEqual([])
  })
})

describe('the environment of others on macOS', () => {
  const bytes = processArguments('/opt/bin/server', ['server', '', 'MARK=of-an-argument'], ['A=1', 'MARK=run-1', 'Z=ü'])

  it('is searched for exactly this variable, and not in the arguments', () => {
    expect(hasVariable(bytes, 'MARK', 'run-1')).toBe(true)
    expect(hasVariable(bytes, 'A', '1')).toBe(true)
    expect(hasVariable(bytes, 'Z', 'ü')).toBe(true)
    for (const [name, value] of [
      ['MARK', 'run'],
      ['MARK', 'run-11'],
      ['ARK', 'run-1'],
      ['MARK', 'of-an-argument'],
    ] as const) {
      expect(hasVariable(bytes, name, value)).toBe(false)
    }
  })

  it('is found without arguments, and behind an occurrence that is the end of another', () => {
    expect(hasVariable(processArguments('/a', [], ['MARK=1']), 'MARK', '1')).toBe(true)
    expect(hasVariable(processArguments('/a', ['a'], ['X_MARK=1', 'MARK=1']), 'MARK', '1')).toBe(true)
  })

  it('is not there where the system leaves it out, or gives noise', () => {
    expect(hasVariable(processArguments('/bin/sh', ['sh', 'MARK=1'], []), 'MARK', '1')).toBe(false)
    for (const noise of [
      Buffer.alloc(0),
      Buffer.alloc(3),
      Buffer.alloc(64, 0xff),
      Buffer.alloc(64),
      bytes.subarray(0, 9),
    ]) {
      expect(hasVariable(noise, 'MARK', 'run-1')).toBe(false)
    }
  })

  it('names those who carry it', async () => {
    const table = tableOf(
      { pid: 501, arguments: bytes },
      { pid: 502 },
      { pid: 503, arguments: processArguments('/b', [], []) },
    )
    expect(await table.withEnvironment([501, 502, 503, 504], 'MARK', 'run-1')).toEqual(new Set([501]))
  })
})

describe('a process that stands still on macOS', () => {
  const stateOf = (process: Partial<FakeProcess>) => darwinState(kernelOf(fakeMac({ ...ollama, ...process })), 4711)

  it('is marked so, and has no thread that runs', () => {
    expect(stateOf({ stat: 4, runningThreads: 0 })).toBe('stopped')
    expect(stateOf({ stat: 4, runningThreads: 1 })).toBe('running')
    expect(stateOf({ stat: 3, runningThreads: 0 })).toBe('running')
    // Another user's, whose threads are not shown.
    expect(stateOf({ stat: 4 })).toBe('stopped')
  })

  it('is gone if it has ended', () => {
    expect(stateOf({ stat: 5 })).toBe('gone')
    expect(darwinState(kernelOf(fakeMac()), 4711)).toBe('gone')
  })
})

describe('usage on macOS', () => {
  const MIB = 1024 * 1024
  const rusage = {
    ri_user_time: 24_000_000,
    ri_system_time: 12_000_000,
    ri_resident_size: 900 * MIB,
    ri_phys_footprint: 100 * MIB,
  }

  it('counts processor time in the units of the machine', () => {
    const process = { ...ollama, rusage }
    const cpuMs = (timebase: readonly [number, number]) =>
      readDarwinUsage(kernelOf({ ...fakeMac(process), timebase }), 4711)?.cpuMs
    // Apple silicon: 24 ticks are a microsecond. Intel: a tick is a nanosecond.
    expect(cpuMs([125, 3])).toBe(1_500)
    expect(cpuMs([1, 1])).toBe(36)
  })

  it('tells what a process has for itself from the files it shares with its workers', () => {
    const kernel = kernelOf(
      fakeMac({ pid: 10, rusage }, { pid: 11, rusage: { ...rusage, ri_resident_size: 50 * MIB } }),
    )
    const parts = [10, 11].map((pid) => readDarwinUsage(kernel, pid)?.memory ?? { own: 0, shareable: 0 })
    expect(parts).toEqual([
      { own: 100 * MIB, shareable: 800 * MIB },
      { own: 100 * MIB, shareable: 0 },
    ])
    expect(sumMemory(parts)).toBe(1000 * MIB)
  })

  it('is unknown for another user’s process', () => {
    expect(readDarwinUsage(kernelOf(fakeMac(ollama)), 4711)).toBeNull()
  })
})

describe('a macOS whose answers are other than expected', () => {
  const now = 1_795_400_100_000
  const self = { pid: 4711, ppid: 501 }
  const isTrusted = (process: Partial<FakeProcess>) =>
    knowsItself(kernelOf(fakeMac({ ...ollama, ...process })), self, now)

  it('is noticed by what it says of this process', () => {
    expect(isTrusted({})).toBe(true)
    expect(isTrusted({ ppid: 1 })).toBe(false)
    expect(isTrusted({ pgid: 0 })).toBe(false)
    expect(isTrusted({ pid: 4712 })).toBe(false)
    expect(isTrusted({ start: [42, 42] })).toBe(false)
    expect(isTrusted({ start: [1_795_600_000, 42] })).toBe(false)
    expect(isTrusted({ start: [1_795_400_000, 1_000_000] })).toBe(false)
    expect(isTrusted({ start: [1_795_400_000, -1] })).toBe(false)
  })

  it('is noticed by a table that says otherwise than the single answer', () => {
    const kernel = kernelOf(fakeMac(ollama))
    const other = kernelOf(fakeMac({ ...ollama, start: [1_795_400_000, 43] }))
    expect(knowsItself({ ...kernel, processes: other.processes }, self, now)).toBe(false)
    expect(knowsItself({ ...kernel, processes: () => [] }, self, now)).toBe(false)
  })
})

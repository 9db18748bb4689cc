import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isProcessRunningCrossPlatform } from '../../../src-main/os/liveness.ts'
import { nativeProblem } from '../../../src-main/os/native/koffi.ts'
import { loadWin32Processes } from '../../../src-main/os/native/win32/process-calls.ts'
import { loadWin32Suspender } from '../../../src-main/os/native/win32/suspend.ts'
import { identify, processTable } from '../../../src-main/os/processes/identity.ts'
import { createUsageSource } from '../../../src-main/os/usage.ts'
import { toEpochMs } from '../../../src-main/os/usage-win32.ts'
import { cleanUpProcesses, closeLater, endLater, fixture } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const table = processTable()
const MIB = 1024 * 1024

async function native() {
  const loaded = await loadWin32Processes()
  if (loaded === null) throw new Error('expected native calls')
  return loaded
}

/** Starts Node with this code; nothing is piped. */
function startCode(code: string) {
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
  const pid = endLater(child.pid ?? 0)
  return { child, pid, exited: once(child, 'exit') }
}

describe.runIf(process.platform === 'win32' && process.env.AGENTOS_NO_KOFFI === undefined)('Windows itself', () => {
  it('is asked by native calls', async () => {
    await native()
    expect(nativeProblem()).toBeNull()
  })

  it('tells the same of a process, alone and among all', async () => {
    const { pid } = startCode('setInterval(() => {}, 1000)')
    const entry = await table.find(pid)
    expect(entry).toMatchObject({ pid, parentPid: process.pid, groupId: 0, name: 'node.exe' })
    expect((await table.list()).find((one) => one.pid === pid)).toEqual(entry)
    expect((await native()).look(pid)).toEqual({
      parentPid: process.pid,
      createdAt: entry?.createdAt,
      name: 'node.exe',
    })
    const createdAt = toEpochMs(entry?.createdAt ?? '0')
    expect(Math.abs(createdAt - Date.now())).toBeLessThan(60_000)
  })

  it('lists only what is as young as it has to be', async () => {
    const older = startCode('setInterval(() => {}, 1000)')
    const first = await identify(older.pid)
    const younger = startCode('setInterval(() => {}, 1000)')
    const second = await identify(younger.pid)
    if (first === null || second === null) throw new Error('expected both to live')
    const pids = (await table.list({ createdSince: second.createdAt })).map(({ pid }) => pid)
    expect(pids).toContain(younger.pid)
    expect(pids).not.toContain(older.pid)
  })

  it('does not take a pid for the next smaller multiple of four', async () => {
    for (const offset of [1, 2, 3]) {
      const pid = process.pid - (process.pid % 4) + offset
      expect(await table.find(pid)).toBeNull()
      expect(await isProcessRunningCrossPlatform(pid)).toBe(false)
    }
    for (const pid of [0, -4, 1.5, 2 ** 32 + process.pid, 2 ** 53]) expect(await table.find(pid)).toBeNull()
  })

  it.each([0, 259])('knows that a process has ended, with %s, although somebody has a handle of it', async (code) => {
    const suspender = await loadWin32Suspender()
    const { pid, exited } = startCode(`setTimeout(() => process.exit(${code}), 500)`)
    const identity = await identify(pid)
    if (identity === null || suspender === null) throw new Error('expected it to live')
    const handle = suspender.open(pid, identity.createdAt)
    if (typeof handle === 'string') throw new Error(`expected a handle, got ${handle}`)
    closeLater(() => handle.close())
    expect((await exited)[0]).toBe(code)
    expect((await native()).look(pid)).toBe('gone')
    expect(await table.find(pid)).toBeNull()
    expect((await table.list()).some((entry) => entry.pid === pid)).toBe(false)
    expect(await isProcessRunningCrossPlatform(pid)).toBe(false)
    expect(suspender.open(pid, identity.createdAt)).toBe('gone')
  })

  it('names the same boot to each process', async () => {
    const bootId = await table.bootId()
    expect(bootId).toMatch(/^\d{18}$/)
    const child = spawn(process.execPath, [fixture('print-boot-id.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
    endLater(child.pid ?? 0)
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1')
    })
    await once(child, 'close')
    expect(output).toBe(bootId)
  })

  it('names who listens, for IPv4 and for IPv6', async () => {
    const servers = [createServer(), createServer()] as const
    closeLater(() => servers.map((server) => server.close()))
    servers[0].listen(0, '127.0.0.1')
    servers[1].listen({ port: 0, host: '::1', ipv6Only: true })
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const ports = servers.map((server) => {
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    })
    const found = await table.listeners(new Set(ports))
    const holder = { pid: process.pid, name: 'node.exe' }
    expect(found).toHaveLength(2)
    expect(found).toContainEqual({ ...holder, port: ports[0], family: 4 })
    expect(found).toContainEqual({ ...holder, port: ports[1], family: 6 })
    expect(await table.listeners(new Set([1]))).toEqual([])
  })

  it('tells what a program takes', async () => {
    const busy = startCode('const a = Buffer.alloc(100e6, 1); for (;;) a[0]++')
    const idle = startCode('setInterval(() => {}, 1000)')
    const source = await createUsageSource()
    const trees = new Map([
      ['busy', [busy.pid]],
      ['idle', [idle.pid]],
      ['both', [busy.pid, idle.pid]],
      ['none', [1]],
    ])
    const usage = await waitFor(
      async () => {
        const sample = await source.sample(trees)
        const [spinning, resting] = [sample.get('busy'), sample.get('idle')]
        if (spinning === undefined || resting === undefined) return null
        const isBusy = spinning.cpuPercent > 10 && resting.cpuPercent < spinning.cpuPercent / 2
        // It may still be filling what it takes.
        return isBusy && spinning.memoryBytes - resting.memoryBytes > 80 * MIB ? sample : null
      },
      { what: 'a share of the processor, and its memory' },
    )
    expect([...usage.keys()]).toEqual(['busy', 'idle', 'both'])
    const [large = 0, small = 0] = [usage.get('busy')?.memoryBytes, usage.get('idle')?.memoryBytes]
    expect(small).toBeGreaterThan(5 * MIB)
    expect(large).toBeLessThan(1_000 * MIB)
    expect(usage.get('both')).toMatchObject({ processCount: 2 })
    expect(usage.get('both')?.memoryBytes).toBeGreaterThan(large)
  })
})

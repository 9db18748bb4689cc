import { describe, expect, it } from 'vitest'
import { checkPort, describeHolder, nextFreePort } from '../../src-main/os/ports.ts'
import { looksAreQuick, processTable } from '../../src-main/os/processes/identity.ts'
import { startFixture, waitForLine } from '../support/fixture-process.ts'
import { freePort, listen } from '../support/ports.ts'
import { cleanUpProcesses } from '../support/processes.ts'
import { hasNativeCalls } from './systems.ts'

cleanUpProcesses()

/** Another process that listens there. */
async function listenElsewhere(host: string, port: number): Promise<number> {
  const listener = await startFixture('listener.ts', [host, String(port)])
  await waitForLine(listener, 'listening')
  return listener.pid
}

describe('the owner of a port', () => {
  it.each([
    ['127.0.0.1', 4],
    ['::1', 6],
    ['0.0.0.0', 4],
    ['::', 6],
  ] as const)('is known on %s, by pid and name', async (host, family) => {
    const port = await freePort()
    const pid = await listenElsewhere(host, port)
    const name = (await processTable().find(pid))?.name ?? 'a name'
    expect(await processTable().listeners(new Set([port]))).toEqual([{ port, pid, name, family }])
  })

  it('is known for each of many ports, and for each family', async () => {
    const [first, second, third] = [await freePort(), await freePort(), await freePort()]
    const other = await listenElsewhere('::1', first)
    await listen('127.0.0.1', first)
    await listen('127.0.0.1', second)
    const found = await processTable().listeners(new Set([first, second, third]))
    const facts = found.map(({ port, pid, family }) => `${port} ${pid} ${family}`).sort()
    const expected = [`${first} ${process.pid} 4`, `${first} ${other} 6`, `${second} ${process.pid} 4`]
    expect(facts).toEqual(expected.sort())
  })

  it('is nobody once the process has ended', async () => {
    const port = await freePort()
    const listener = await startFixture('listener.ts', ['127.0.0.1', String(port)])
    await waitForLine(listener, 'listening')
    process.kill(listener.pid, 'SIGKILL')
    await listener.exited
    expect(await processTable().listeners(new Set([port]))).toEqual([])
    expect(await processTable().listeners(new Set())).toEqual([])
  })
})

describe('a look at ports and processes', () => {
  it('is known to be quick where no helper program is needed', async () => {
    expect(await looksAreQuick()).toBe(process.platform === 'linux' || hasNativeCalls)
  })
})

describe('checkPort', () => {
  it('finds a free port free, again and again', async () => {
    const port = await freePort()
    for (let time = 0; time < 3; time += 1) expect(await checkPort('127.0.0.1', port)).toEqual({ free: true })
  })

  it('names this process as the holder of a port it listens on, and frees it afterwards', async () => {
    const port = await freePort()
    const server = await listen('127.0.0.1', port)
    const check = await checkPort('127.0.0.1', port)
    expect(check).toMatchObject({ free: false, reason: 'taken', holder: { port, pid: process.pid } })
    await new Promise((done) => server.close(done))
    expect(await checkPort('127.0.0.1', port)).toEqual({ free: true })
  })

  it('names another process by pid and name', async () => {
    const port = await freePort()
    const pid = await listenElsewhere('127.0.0.1', port)
    const check = await checkPort('127.0.0.1', port)
    if (check.free || check.reason !== 'taken') throw new Error('expected a taken port')
    expect(check.holder).toMatchObject({ port, pid, name: (await processTable().find(pid))?.name ?? 'a name' })
    expect(describeHolder(check.holder)).toMatch(new RegExp(`^\\S+ \\(pid ${pid}\\)$`))
  })

  it('tells IPv6 from IPv4, and names the holder of the address that was asked for', async () => {
    const port = await freePort()
    const other = await listenElsewhere('::1', port)
    expect(await checkPort('::1', port)).toMatchObject({ reason: 'taken', holder: { port, pid: other } })
    expect(await checkPort('127.0.0.1', port)).toEqual({ free: true })
    await listen('127.0.0.1', port)
    expect(await checkPort('127.0.0.1', port)).toMatchObject({ holder: { pid: process.pid } })
    expect(await checkPort('::1', port)).toMatchObject({ holder: { pid: other } })
  })

  it('says that an address is not this machine’s', async () => {
    expect(await checkPort('192.0.2.1', 8080)).toEqual({ free: false, reason: 'no-such-address' })
    expect(await checkPort('no-such-host.invalid', 8080)).toEqual({ free: false, reason: 'no-such-address' })
  })
})

describe('nextFreePort', () => {
  it('is the next one that nobody listens on and that is not to be left out', async () => {
    const port = await freePort()
    const taken = await nextFreePort('127.0.0.1', port)
    if (taken === null) throw new Error('expected a free port nearby')
    await listen('127.0.0.1', taken)
    const next = await nextFreePort('127.0.0.1', port)
    expect(next).toBeGreaterThan(taken)
    expect(await nextFreePort('127.0.0.1', port, new Set([next ?? 0]))).toBeGreaterThan(next ?? 0)
  })

  it('is none behind the last port', async () => {
    expect(await nextFreePort('127.0.0.1', 65_535)).toBeNull()
  })
})

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { defaultHealth } from '../../src-main/core/health-config.ts'
import type { ServiceDefinition } from '../../src-main/core/service-config.ts'
import { makeService } from '../support/service-definition.ts'
import type { Benchmark, Measurement } from './benchmark.ts'
import { startHiddenApp, startPlainApp } from './support/electron-app.ts'
import { inFolder } from './support/folder.ts'
import { keepAwake } from './support/keep-awake.ts'
import { ManagerHost } from './support/manager-host.ts'
import { cpuMs, privateMb } from './support/process-cost.ts'
import { runningPids } from './support/running-pids.ts'

/** Whole periods of everything that is done now and then; the rarest that counts is the look at the disks, once a minute. */
const WINDOW_MS = 60_000
/**
 * What starting leaves to do is not idling: V8 collects its garbage in several rounds within a minute of the last
 * activity, the app looks for a panel for its icon for 15 s, and Chromium does chores of its own.
 */
const SETTLE_MS = 60_000
const FIRST_PORT = 21_300
const LISTEN = 'require("node:net").createServer((s) => s.destroy()).listen(+process.argv[1], "127.0.0.1")'
const PROBE_MS = defaultHealth.unwatchedIntervalSeconds * 1000
/** The least that watching these services takes: a connection to each port, as often as they are probed. */
const proberOf = (count: number) => `const { connect } = require('node:net')
const ports = ${JSON.stringify(Array.from({ length: count / 10 }, (_, n) => FIRST_PORT + 10 * n))}
const probe = () => {
  for (const port of ports) {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => socket.destroy()).on('error', () => undefined)
  }
  setTimeout(probe, ${PROBE_MS} - (Date.now() % ${PROBE_MS}))
}
probe()`

/** Most only sleep; one in ten has a port and is probed as by default. */
export function idleServices(count: number): ServiceDefinition[] {
  return Array.from({ length: count }, (_, n) => {
    const base = { key: `bench:${n}`, name: `Service ${n}`, graceSeconds: 1 }
    if (n % 10 !== 0) return makeService({ ...base, binName: '/bin/sleep', args: ['600'] })
    const port = FIRST_PORT + n
    return makeService({ ...base, binName: process.execPath, args: ['-e', LISTEN, String(port)], port })
  })
}

/** Percent of a core that each process uses over the window, on a machine that is awake. */
async function measureCpu(pids: readonly number[]): Promise<number[]> {
  using _awake = keepAwake(pids)
  await delay(SETTLE_MS)
  const before = pids.map(cpuMs)
  const from = performance.now()
  await delay(WINDOW_MS)
  const passed = performance.now() - from
  return pids.map((pid, n) => ((cpuMs(pid) - (before[n] ?? 0)) / passed) * 100)
}

async function startManager(folder: string, count: number): Promise<ManagerHost> {
  const host = new ManagerHost(folder)
  await host.call('setServices', idleServices(count))
  await host.call('recover')
  const { result } = await host.call('startAll')
  if (!result.success) throw new Error(result.message)
  return host
}

async function idleInNode(folder: string, count: number): Promise<Measurement[]> {
  const prober = spawn(process.execPath, ['-e', proberOf(count)], { stdio: 'ignore' })
  const host = await startManager(folder, count)
  const [floor = 0, value = 0] = await measureCpu([prober.pid ?? 0, host.pid])
  prober.kill()
  await host.end()
  return [{ floor, value }]
}

const idle = (count: number, budget: number): Benchmark => ({
  id: `idle-${count}`,
  what: `CPU of the manager with ${count} idle services, of a core / of a Node process that only probes them`,
  unit: '%',
  budget,
  of: 'value',
  run: () => inFolder((folder) => idleInNode(folder, count)),
})

export const idle10 = idle(10, 0.2)
export const idle50 = idle(50, 0.2)
export const idle200 = idle(200, 0.8)

export const idleApp: Benchmark = {
  id: 'idle-app',
  what: 'CPU of the app’s main process with 50 idle services and no window, of a core / of an Electron app that only probes them',
  unit: '%',
  budget: 0.2,
  of: 'value',
  run: () =>
    inFolder(async (folder) => {
      const home = join(folder, 'home')
      const plain = await startPlainApp(join(folder, 'plain'), proberOf(50))
      const app = await startHiddenApp(home, idleServices(50))
      const [floor = 0, value = 0] = await measureCpu([plain.pid, app.pid])
      const running = runningPids(home)
      await Promise.all([plain.kill(), app.kill()])
      for (const pid of running) process.kill(pid, 'SIGKILL')
      if (running.length !== 50) throw new Error(`expected 50 services to run, found ${running.length}`)
      return [{ floor, value }]
    }),
}

const FEW = 10
const MANY = 110

export const memoryPerService: Benchmark = {
  id: 'memory-per-service',
  what: 'private memory of the manager per further running service / with ten of them',
  unit: 'MB',
  budget: 0.1,
  of: 'value',
  run: () =>
    inFolder(async (folder) => {
      const used: number[] = []
      for (const count of [FEW, MANY]) {
        const host = await startManager(join(folder, String(count)), count)
        await delay(SETTLE_MS)
        used.push(privateMb(host.pid))
        await host.end()
      }
      const [few = 0, many = 0] = used
      return [{ floor: few, value: (many - few) / (MANY - FEW) }]
    }),
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { makeService } from '../support/service-definition.ts'
import { type Benchmark, type Measurement, timed } from './benchmark.ts'
import { inFolder } from './support/folder.ts'
import { ManagerHost } from './support/manager-host.ts'

const ROUNDS = 20
const GRACE_MS = 500
/** Until it has set up its signal handling. */
const UP_MS = 100
const STUBBORN = ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 60; done'] as const
const POLITE = ['/bin/sleep', '60'] as const

type Command = typeof STUBBORN | typeof POLITE

/** SIGTERM, and after `graceMs` SIGKILL to the group, and nothing else. */
async function stopBare([program, ...args]: Command, graceMs: number | null): Promise<number> {
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  await delay(UP_MS)
  const exited = once(child, 'exit')
  const ms = await timed(async () => {
    child.kill('SIGTERM')
    if (graceMs !== null) {
      await delay(graceMs)
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    }
    await exited
  })
  return ms
}

async function compare(folder: string, command: Command, graceMs: number | null): Promise<Measurement[]> {
  const host = new ManagerHost(folder)
  const [binName, ...args] = command
  await host.call('setServices', [makeService({ binName, args, graceSeconds: (graceMs ?? 5_000) / 1000 })])
  const measurements: Measurement[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const floor = await stopBare(command, graceMs)
    await host.call('start', 'test:one')
    await delay(UP_MS)
    const { ms } = await host.call('stopProcess', 'test:one')
    measurements.push({ floor: floor - (graceMs ?? 0), value: ms - (graceMs ?? 0) })
  }
  await host.end()
  return measurements
}

export const stopLatency: Benchmark = {
  id: 'stop-polite',
  what: 'stop of a process that ends when asked, until nothing is left / bare kill and wait',
  unit: 'ms',
  budget: 50,
  of: 'value',
  run: () => inFolder((folder) => compare(folder, POLITE, null)),
}

export const stopStubborn: Benchmark = {
  id: 'stop-stubborn',
  what: 'stop of a tree that ignores SIGTERM, beyond its grace period / bare kill, wait and kill',
  unit: 'ms',
  budget: 50,
  of: 'value',
  run: () => inFolder((folder) => compare(folder, STUBBORN, GRACE_MS)),
}

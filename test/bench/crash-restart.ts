import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeService } from '../support/service-definition.ts'
import type { Benchmark, Measurement } from './benchmark.ts'
import { inFolder } from './support/folder.ts'
import { ManagerHost } from './support/manager-host.ts'
import { measureRestarts, StartObserver } from './support/start-observer.ts'

const ROUNDS = 80

/** The least a restarter can do: start it again when it has ended. CommonJS, so that every runtime can run it. */
export const RESPAWN_LOOP = `const { spawn } = require('node:child_process')
const [program, ...args] = JSON.parse(process.env.RESPAWN)
const start = () => spawn(program, args, { stdio: 'ignore', detached: true }).once('exit', start)
start()
`

export const pairs = ([floors = [], values = []]: readonly (readonly number[])[]): Measurement[] =>
  floors.map((floor, n) => ({ floor, value: values[n] ?? Number.NaN }))

async function run(folder: string): Promise<Measurement[]> {
  const loopFile = join(folder, 'loop.cjs')
  await writeFile(loopFile, RESPAWN_LOOP)
  const bare = new StartObserver(folder, 'bare')
  const managed = new StartObserver(folder, 'managed')
  const loop = spawn(process.execPath, [loopFile], {
    stdio: 'ignore',
    env: { ...process.env, RESPAWN: JSON.stringify(bare.command) },
  })
  const host = new ManagerHost(folder)
  const [binName, ...args] = managed.command
  const restart = { policy: 'always', initialDelaySeconds: 0, stableAfterSeconds: 0 } as const
  await host.call('setServices', [makeService({ binName, args, restart })])
  await host.call('start', 'test:one')
  try {
    const { times, last } = await measureRestarts([bare, managed], ROUNDS)
    loop.kill('SIGKILL')
    process.kill(last[0] ?? 0, 'SIGKILL')
    return pairs(times)
  } finally {
    loop.kill('SIGKILL')
    await host.end()
    bare.close()
    managed.close()
  }
}

/** A crash and the restart that follows at once, against a loop that does nothing else. */
export const crashRestart: Benchmark = {
  id: 'crash-restart',
  what: 'death of a service to the first step of its next run / by a bare respawn loop in Node',
  unit: 'ms',
  budget: 1.2,
  run: () => inFolder(run),
}

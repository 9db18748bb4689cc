import { join } from 'node:path'
import { makeService } from '../support/service-definition.ts'
import type { Benchmark, Measurement } from './benchmark.ts'
import { startHiddenApp, startPlainApp } from './support/electron-app.ts'
import { inFolder } from './support/folder.ts'
import { measureRestarts, StartObserver } from './support/start-observer.ts'

const ROUNDS = 80

/** The least a restarter can do: start it again when it has ended. */
const loopWith = (load: string) => `${load}
const [program, ...args] = JSON.parse(process.env.RESPAWN)
const start = () => spawn(program, args, { stdio: 'ignore', detached: true }).once('exit', start)
start()
`

/** What restarts, and how it is ended together with what it runs. */
interface Restarter {
  end(lastPid: number): Promise<unknown>
}

type StartRestarter = (folder: string, command: readonly [string, ...string[]]) => Promise<Restarter>

const killed = (end: () => unknown): Restarter => ({
  async end(lastPid) {
    await end()
    if (lastPid > 0) process.kill(lastPid, 'SIGKILL')
  },
})

function managed([binName, ...args]: readonly [string, ...string[]]) {
  const restart = { policy: 'always', initialDelaySeconds: 0, stableAfterSeconds: 0 } as const
  return makeService({ binName, args, restart, graceSeconds: 1 })
}

const electronLoop: StartRestarter = async (folder, command) => {
  const code = loopWith("const { spawn } = require('node:child_process')")
  const app = await startPlainApp(join(folder, 'plain'), code, { RESPAWN: JSON.stringify(command) })
  return killed(() => app.kill())
}

const electronApp: StartRestarter = async (folder, command) => {
  const app = await startHiddenApp(join(folder, 'home'), [managed(command)])
  return killed(() => app.kill())
}

/** Crashes both in turn, so that both meet the same noise. */
async function compare(folder: string, starters: readonly StartRestarter[]): Promise<Measurement[]> {
  const observers = starters.map((_, n) => new StartObserver(folder, `started-${n}`))
  const restarters: Restarter[] = []
  const last: number[] = []
  try {
    for (const [n, observer] of observers.entries()) {
      const start = starters[n]
      if (start !== undefined) restarters.push(await start(folder, observer.command))
    }
    return toMeasurements(await measureRestarts(observers, ROUNDS, last))
  } finally {
    for (const [n, restarter] of restarters.entries()) await restarter.end(last[n] ?? 0)
    for (const observer of observers) observer.close()
  }
}

function toMeasurements([floors = [], values = []]: readonly (readonly number[])[]): Measurement[] {
  return floors.map((floor, n) => ({ floor, value: values[n] ?? Number.NaN }))
}

/** A crash and the restart that follows at once, against a loop that does nothing else. */
export const crashRestart: Benchmark = {
  id: 'crash-restart',
  what: 'death of a service to the first step of its next run / by a bare respawn loop, both in Electron',
  unit: 'ms',
  budget: 1.2,
  run: () => inFolder((folder) => compare(folder, [electronLoop, electronApp])),
}

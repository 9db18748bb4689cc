import { readFileSync } from 'node:fs'
import type { Benchmark, Measurement } from './benchmark.ts'
import { idleServices } from './idle.ts'
import { inFolder } from './support/folder.ts'
import { ManagerHost } from './support/manager-host.ts'
import { runningPids } from './support/running-pids.ts'

const ROUNDS = 5
const SERVICES = 50

/** Milliseconds to look at each process once, which no adoption can do without. */
function look(pids: readonly number[]): number {
  const from = performance.now()
  for (const pid of pids) readFileSync(`/proc/${pid}/stat`, 'latin1')
  return performance.now() - from
}

async function run(folder: string): Promise<Measurement[]> {
  const services = idleServices(SERVICES)
  let host = new ManagerHost(folder)
  await host.call('setServices', services)
  const { result } = await host.call('startAll')
  if (!result.success) throw new Error(result.message)
  const measurements: Measurement[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await host.kill()
    host = new ManagerHost(folder)
    await host.call('setServices', services)
    const { ms } = await host.call('recover')
    const snapshot = (await host.call('snapshot')).result
    const adopted = snapshot.services.filter(({ origin }) => origin === 'adopted').length
    if (adopted !== SERVICES) throw new Error(`expected ${SERVICES} adopted services, got ${adopted}`)
    measurements.push({ value: ms, floor: look(runningPids(folder)) })
  }
  await host.end()
  return measurements
}

/** After the app was killed: from the start of recovery until every running service is the app's own again. */
export const adopt: Benchmark = {
  id: 'adopt-50',
  what: 'adoption of 50 running services / one look at each process',
  unit: 'ms',
  budget: 100,
  of: 'value',
  run: () => inFolder(run),
}

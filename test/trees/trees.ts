import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ProcessManager } from '../../src-main/manager/process-manager.ts'
import { type ListedProcess, listByVariable } from '../support/proc-list.ts'
import { JOB_VARIABLE, type JobKind, type JobResult, makeJob, runJob, serviceOf } from './job.ts'
import { shapes } from './shapes.ts'
import { percentile, seededRandom } from './statistics.ts'

// `npm run test:trees -- [--stops N] [--crashes N] [--seed S] [--parallel N] [--slack MS]` (docs/testing.md): the trees
// of the design's budgets, stopped and crashed, by a real ProcessManager. Fails if anything survives, or if the median
// time beyond the grace period exceeds the slack.

function readOptions() {
  const option = { type: 'string' } as const
  const { values } = parseArgs({
    options: { stops: option, crashes: option, seed: option, parallel: option, slack: option },
  })
  const number = (name: keyof typeof values, byDefault: number, minimum: number) => {
    const given = values[name] ?? String(byDefault)
    if (!/^\d+$/.test(given) || Number(given) < minimum) {
      throw new Error(`expected a whole number from ${minimum} on after --${name}, got "${given}"`)
    }
    return Number(given)
  }
  return {
    stops: number('stops', 1000, 0),
    crashes: number('crashes', 200, 0),
    seed: number('seed', randomInt(2 ** 31), 0),
    // More would measure how long they wait for each other.
    parallel: number('parallel', Math.min(8, availableParallelism() * 2), 1),
    slack: number('slack', 50, 1),
  }
}

/** Every so many jobs, and at the end, the whole machine is searched for what the finished ones left. */
const SEARCH_EVERY = 50

const options = readOptions()
const directory = mkdtempSync(join(tmpdir(), 'agentos-trees-'))
const runName = `${process.pid}-${options.seed}`
const random = seededRandom(options.seed)
const jobsOf = (kind: JobKind, count: number) =>
  Array.from({ length: count }, (_, number) => {
    const shape = shapes[number % shapes.length]
    if (shape === undefined) throw new Error('there are no shapes')
    return makeJob(kind, number, shape, directory, random)
  })
const jobs = [...jobsOf('stop', options.stops), ...jobsOf('crash', options.crashes)]
const manager = new ProcessManager({ runDir: join(directory, 'run'), logDir: join(directory, 'log') })
manager.setServices(jobs.map((job) => serviceOf(job, runName)))

const results: JobResult[] = []
const finished = new Set<string>()
const leftovers = new Map<number, ListedProcess>()

/** By the variable alone: finds also what no file of pids knows. */
function searchLeftovers(): void {
  for (const found of listByVariable(JOB_VARIABLE)) {
    const [run, key = ''] = found.value.split(' ')
    if (run === runName && finished.has(key)) leftovers.set(found.pid, found)
  }
}

async function work(queue: Iterator<(typeof jobs)[number]>): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    results.push(await runJob(next.value, manager, runName))
    finished.add(next.value.key)
    if (finished.size % SEARCH_EVERY === 0) searchLeftovers()
  }
}

function summarise(kind: JobKind, id: string, what: string, timerLateMs: number): boolean {
  const all = results.filter(({ job }) => job.kind === kind && job.shape.id === id)
  if (all.length === 0) return true
  const survivors = all.flatMap((result) => result.survivors)
  const keys = new Set(all.map(({ job }) => job.key))
  const found = [...leftovers.values()].filter(({ value }) => keys.has(value.split(' ')[1] ?? ''))
  survivors.push(...found.map(({ pid, command }) => `${pid} (${command})`))
  const times = all.map(({ overMs }) => overMs)
  const [median, p99, max] = [percentile(times, 0.5), percentile(times, 0.99), Math.max(...times)]
  const figures = [median, p99, max].map((ms) => `${ms.toFixed(1)} ms`)
  const label = `${kind === 'stop' ? 'stop ' : 'crash'} ${id}`
  const line = `${label}  ${String(all.length).padStart(4)} x  ${survivors.length} survivors  beyond the grace period: median ${figures[0]}, p99 ${figures[1]}, max ${figures[2]}  (${what})`
  process.stdout.write(`${line}\n`)
  for (const survivor of new Set(survivors)) process.stdout.write(`  SURVIVED ${survivor}\n`)
  const late = kind === 'stop' && median > options.slack + timerLateMs
  if (late) process.stdout.write(`  LATE: the median is over ${options.slack} ms and what a bare timer is late\n`)
  return survivors.length === 0 && !late
}

process.stdout.write(`seed ${options.seed}, ${options.parallel} at a time\n`)
const begin = performance.now()
try {
  const queue = jobs.values()
  await Promise.all(Array.from({ length: options.parallel }, () => work(queue)))
  searchLeftovers()
  const timerLateMs = percentile(
    results.map((result) => result.timerLateMs),
    0.5,
  )
  const kinds = ['stop', 'crash'] as const
  const checks = kinds.flatMap((kind) => shapes.map(({ id, what }) => summarise(kind, id, what, timerLateMs)))
  process.stdout.write(`a bare timer in the same process was late by ${timerLateMs.toFixed(1)} ms (median)\n`)
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const ok = checks.every((check) => check)
  process.stdout.write(`${ok ? 'ok' : 'FAILED'}: ${results.length} trees in ${seconds} s, seed ${options.seed}\n`)
  process.exitCode = ok ? 0 : 1
} finally {
  await manager.stopAll({ force: true })
  manager.dispose()
  for (const { pid } of leftovers.values()) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It is gone.
    }
  }
  rmSync(directory, { recursive: true, force: true })
}

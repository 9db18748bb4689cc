import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { defaultHealth } from '../../src-main/core/health-config.ts'
import type { ServiceDefinition } from '../../src-main/core/service-config.ts'
import type { ProcessManager } from '../../src-main/manager/process-manager.ts'
import { isListed, variableOf } from '../support/proc-list.ts'
import { waitFor } from '../support/wait-for.ts'
import { chainArguments, type Shape } from './shapes.ts'

/** Every process of a job carries it; its value names the job. Not the manager's own marker, which is under test. */
export const JOB_VARIABLE = 'AGENTOS_TREES'

export type JobKind = 'stop' | 'crash'

/** A tree to be started and stopped, or started, crashed and restarted. */
export interface Job {
  readonly kind: JobKind
  readonly shape: Shape
  readonly key: string
  readonly pidFile: string
  /** Between the moment its last member started and the stop or crash. */
  readonly pauseMs: number
  readonly graceMs: number
}

export interface JobResult {
  readonly job: Job
  /** In words, e.g. `4711 (grandchild)`. */
  readonly survivors: readonly string[]
  /** From the request to stop (or the crash) to its answer (or the new root), minus the grace period. */
  readonly overMs: number
  /** How late a bare timer of the grace period was in this process at the same time: the floor. */
  readonly timerLateMs: number
}

async function timerLateness(ms: number): Promise<number> {
  const begin = performance.now()
  await delay(ms)
  return performance.now() - begin - ms
}

export function makeJob(kind: JobKind, number: number, shape: Shape, directory: string, random: () => number): Job {
  const name = `${kind}-${number}`
  const graceMs = kind === 'stop' ? 200 : 50
  return { kind, shape, key: `trees:${name}`, pidFile: join(directory, name), pauseMs: random() * 20, graceMs }
}

export function serviceOf({ key, kind, shape, pidFile, graceMs }: Job, runName: string): ServiceDefinition {
  return {
    key,
    name: key,
    preset: 'custom',
    binName: '/bin/sh',
    args: chainArguments(shape, pidFile),
    host: '127.0.0.1',
    port: null,
    env: { [JOB_VARIABLE]: `${runName} ${key}` },
    cwd: '/',
    autoStart: false,
    after: [],
    graceSeconds: graceMs / 1000,
    restart: {
      policy: kind === 'crash' ? 'always' : 'no',
      maxRetries: 5,
      initialDelaySeconds: 0,
      maxDelaySeconds: 0,
      stableAfterSeconds: 60,
    },
    health: { ...defaultHealth, type: 'none' },
  }
}

interface PidLine {
  readonly name: string
  readonly pid: number
}

function readPidLines(file: string): PidLine[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return [] // Not started yet.
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ name: line.split(' ')[0] ?? '', pid: Number(line.split(' ')[1]) }))
}

/** Those of the lines whose processes are there, looked at one by one; a pid that was given again is not counted. */
function stillThere(lines: readonly PidLine[], value: string): string[] {
  const alive = lines.filter(({ pid }) => isListed(pid) && variableOf(pid, JOB_VARIABLE) === value)
  return alive.map(({ name, pid }) => `${pid} (${name})`)
}

/** Waits for every member of so many starts of the tree. */
async function waitForMembers({ key, shape, pidFile }: Job, starts: number): Promise<PidLine[]> {
  const isMember = ({ name }: PidLine) => name !== 'overlap'
  const expected = shape.members.length * starts
  return await waitFor(
    () => {
      const lines = readPidLines(pidFile)
      return lines.filter(isMember).length >= expected ? lines : null
    },
    { what: `start ${starts} of ${key}` },
  )
}

export async function runJob(job: Job, manager: ProcessManager, runName: string): Promise<JobResult> {
  const { key, graceMs } = job
  const value = `${runName} ${key}`
  const started = await manager.start(key)
  if (!started.success) throw new Error(`${key}: ${started.message}`)
  const members = await waitForMembers(job, 1)
  await delay(job.pauseMs)
  const floor = timerLateness(graceMs)
  const begin = performance.now()
  if (job.kind === 'stop') {
    const { success, message } = await manager.stopProcess(key)
    const overMs = performance.now() - begin - graceMs
    const survivors = stillThere(members, value)
    return { job, survivors: success ? survivors : [...survivors, message], overMs, timerLateMs: await floor }
  }
  process.kill(members.find(({ name }) => name.startsWith('root'))?.pid ?? 0, 'SIGKILL')
  const lines = await waitForMembers(job, 2)
  const overMs = performance.now() - begin - graceMs
  // The new root looked at the old tree before it did anything else, and we look again.
  const overlaps = lines.filter(({ name }) => name === 'overlap').map(({ pid }) => `${pid} (before the restart)`)
  const survivors = [...overlaps, ...stillThere(members, value)]
  const { success, message } = await manager.stopProcess(key, { force: true })
  survivors.push(...stillThere(lines, value), ...(success ? [] : [message]))
  return { job, survivors, overMs, timerLateMs: await floor }
}

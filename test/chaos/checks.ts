import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceSnapshot } from '../../src-main/manager/service-snapshot.ts'
import { keyOf } from './behaviours.ts'
import type { Expectations } from './expectations.ts'
import type { RunMember } from './machine.ts'

/** One look at everything, to be compared with itself and with what was promised. */
export interface Look {
  readonly services: readonly ServiceSnapshot[]
  readonly members: readonly RunMember[]
  readonly files: readonly string[]
}

/** What is asked of one service. */
export interface Question {
  readonly index: number
  readonly endsByItself: boolean
  /** The root that was there when the manager died and that nobody touched: it must still be there. */
  readonly untouchedRoot: number | null
  /** An adopted instance that has just ended may not have been noticed yet. */
  readonly mayHaveEnded: boolean
}

export function readFiles(home: string): string[] {
  return readdirSync(join(home, 'run')).sort()
}

/** What is wrong with one service, or null. */
export function checkService(question: Question, look: Look, promises: Expectations, home: string): string | null {
  const key = keyOf(question.index)
  const service = look.services.find((candidate) => candidate.key === key)
  const members = look.members.filter((member) => member.key === key)
  const runs = new Set(members.map(({ run }) => run))
  const status = service?.status ?? 'stopped'
  const { promised } = promises.of(question.index)
  if (status === 'starting' || status === 'stopping') return `is still ${status}`
  if (runs.size > 1) return `is there ${runs.size} times: ${describe(members)}`
  const wrong = status === 'running' ? checkRunning(question, service?.pid ?? 0, members, home) : null
  if (wrong !== null) return wrong
  if (status !== 'running' && members.length > 0) return `is ${status}, but there is ${describe(members)}`
  if (promised === 'stopped' && status === 'running') return 'runs, though its stop was answered'
  if (question.endsByItself) return null
  if (promised === 'running' && status !== 'running') {
    return `is ${status} (${service?.problem?.message ?? ''}), though its start was answered: lost`
  }
  if (question.untouchedRoot !== null && service?.pid !== question.untouchedRoot) {
    return `had pid ${question.untouchedRoot} when the manager died, and is ${status} with pid ${service?.pid} now`
  }
  return null
}

function checkRunning(question: Question, pid: number, members: readonly RunMember[], home: string): string | null {
  const root = members.find((member) => member.pid === pid)
  if (root === undefined && question.mayHaveEnded) return null
  if (root === undefined) return `is said to run as ${pid}, but there is ${describe(members)}`
  let record: { pid?: unknown; createdAt?: unknown; nonce?: unknown }
  let firstLine = ''
  try {
    const text = readFileSync(join(home, 'run', `${encodeURIComponent(root.key)}.pid`), 'utf8')
    firstLine = text.split('\n')[0] ?? ''
    record = JSON.parse(text.split('\n')[1] ?? '')
  } catch (error) {
    return `runs as ${pid}, but its record cannot be read: ${String(error)}`
  }
  const { createdAt, nonce } = record
  const fits =
    firstLine === String(pid) && record.pid === pid && createdAt === (root.createdAt ?? createdAt) && nonce === root.run
  return fits
    ? null
    : `runs as ${pid} created at ${root.createdAt} in run ${root.run}, recorded is ${JSON.stringify(record)}`
}

const describe = (members: readonly RunMember[]) =>
  members.length === 0 ? 'no process' : members.map(({ pid, run }) => `${pid} of run ${run}`).join(', ')

/** run/ holds the records of what runs and nothing else (a lock belongs to the app). Null if so. */
export function checkFiles({ services, files }: Look): string | null {
  const running = services.filter(({ status }) => status === 'running')
  const expected = new Set(running.map(({ key }) => `${encodeURIComponent(key)}.pid`))
  const surplus = files.filter((name) => !expected.has(name) && !name.endsWith('.lock'))
  const missing = [...expected].filter((name) => !files.includes(name))
  if (surplus.length + missing.length === 0) return null
  return `run/ has ${surplus.join(', ') || 'nothing'} too much and lacks ${missing.join(', ') || 'nothing'}`
}

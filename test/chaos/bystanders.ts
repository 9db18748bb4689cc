import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '../support/wait-for.ts'
import { kill, look } from './machine.ts'

/** A process that is none of the manager's business. */
export interface Bystander {
  readonly pid: number
  /** Null if nothing has happened to it; otherwise what. */
  check(): string | null
  end(): void
}

/** One in Node, which writes down every signal and console event it gets. It is a child: its end is noticed by itself. */
export async function startPortableBystander(home: string, name: string): Promise<Bystander> {
  const file = join(home, `bystander-${name}`)
  const script = join(import.meta.dirname, '..', 'fixtures', 'bystander.ts')
  const child = spawn(process.execPath, [script, file], { stdio: 'ignore', windowsHide: true })
  await waitFor(() => readWhatCame(file) !== null, { what: `bystander ${name}` })
  const { pid = 0 } = child
  return {
    pid,
    check() {
      if (child.exitCode !== null || child.signalCode !== null) return `bystander ${pid} was killed`
      const signals = readWhatCame(file) ?? []
      return signals.length === 0 ? null : `bystander ${pid} got ${signals.join(', ')}`
    },
    end: () => void child.kill('SIGKILL'),
  }
}

/** Null until it is ready. */
function readWhatCame(file: string): string[] | null {
  if (!existsSync(file)) return null
  const [ready, ...signals] = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return ready === 'ready' ? signals : null
}

/** One that writes down every signal it gets. */
export async function startPerlBystander(home: string, perl: string, name: string): Promise<Bystander> {
  const file = join(home, `bystander-${name}`)
  const script = join(import.meta.dirname, '..', 'fixtures', 'bystander.pl')
  const child = spawn(perl, [script, file, String(process.pid)], {
    detached: true,
    stdio: 'ignore',
    env: { AGENTOS_CHAOS: home },
  })
  const { pid = 0 } = child
  await waitFor(() => readWhatCame(file) !== null, { what: `bystander ${name}` })
  const seen = look(pid)
  if (seen === null) throw new Error(`bystander ${name} ended at once`)
  return {
    pid,
    check() {
      const now = look(pid)
      if (now === null || now.createdAt !== seen.createdAt) return `bystander ${pid} was killed`
      if (now.state === 'T') return `bystander ${pid} was suspended`
      const signals = readWhatCame(file) ?? []
      return signals.length === 0 ? null : `bystander ${pid} got ${signals.join(', ')}`
    },
    end() {
      if (look(pid)?.createdAt === seen.createdAt) kill(pid)
    },
  }
}

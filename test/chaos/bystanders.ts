import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '../support/wait-for.ts'
import { kill, look, type Seen } from './machine.ts'

export interface Bystander extends Seen {
  /** Null if nothing has happened to it; otherwise what. */
  check(): string | null
  end(): void
}

/** Starts a process that is none of the manager's business and writes down every signal it gets. */
export async function startBystander(home: string, perl: string, name: string): Promise<Bystander> {
  const file = join(home, `bystander-${name}`)
  const script = join(import.meta.dirname, '..', 'fixtures', 'bystander.pl')
  const child = spawn(perl, [script, file, String(process.pid)], {
    detached: true,
    stdio: 'ignore',
    env: { AGENTOS_CHAOS: home },
  })
  const { pid = 0 } = child
  await waitFor(() => existsSync(file) && readFileSync(file, 'utf8') === 'ready\n', { what: `bystander ${name}` })
  const seen = look(pid)
  if (seen === null) throw new Error(`bystander ${name} ended at once`)
  return {
    ...seen,
    check() {
      const now = look(pid)
      if (now === null || now.createdAt !== seen.createdAt) return `bystander ${pid} was killed`
      if (now.state === 'T') return `bystander ${pid} was suspended`
      const signals = readFileSync(file, 'utf8').split('\n').slice(1, -1)
      return signals.length === 0 ? null : `bystander ${pid} got ${signals.join(', ')}`
    },
    end() {
      if (look(pid)?.createdAt === seen.createdAt) kill(pid)
    },
  }
}

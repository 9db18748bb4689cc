import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LogBytes } from '../../src-main/logs/store/log-bytes.ts'
import { openLogBytes } from '../../src-main/logs/store/stream-bytes.ts'

const STREAMS = ['stdout', 'stderr'] as const
const LINE = /^([0-9a-f]{32}) (\d+) (\d+)$/
const CHUNK_BYTES = 1 << 20

/** What is known of one stream so far. */
interface Progress {
  readonly bytes: LogBytes
  offset: number
  /** The run whose lines are being read; lines of an earlier one must not follow. */
  run: string | null
  readonly runsBefore: Set<string>
  /** Next number by "<run>.<pid>". */
  readonly next: Map<string, number>
}

/** A process's own count of what it printed. */
export interface Written {
  readonly run: string
  readonly pid: number
  readonly role: string
}

/**
 * Reads the numbered lines of all logs as they grow and says what is wrong: torn, missing or doubled lines, lines of a
 * run after those of a later one (two at a time), and less than the process itself says it has printed.
 */
export class Ledger {
  readonly #home: string
  readonly #progress = new Map<string, Progress>()
  /** "<run>.<pid>" whose count was compared after its end. */
  readonly #settled = new Set<string>()
  lines = 0

  constructor(home: string) {
    this.#home = home
  }

  /** The processes that have printed, or are about to, and were not settled yet. */
  writers(): Written[] {
    return readdirSync(join(this.#home, 'written')).map((name) => {
      const [run = '', pid = '', role = ''] = name.split('.')
      return { run, pid: Number(pid), role }
    })
  }

  /** How many lines the first process of a run says it has printed on stdout. */
  printed({ run, pid }: { readonly run: string; readonly pid: number }): number {
    const file = join(this.#home, 'written', `${run}.${pid}.root`)
    return Number(readFileSync(file, 'latin1').split(' ')[0])
  }

  /** @param listAlive "<run>.<pid>" of all that is still there: its count is not final yet */
  async check(keys: readonly string[], listAlive: () => Promise<ReadonlySet<string>>): Promise<string[]> {
    // Dead after they had begun, and before the logs are read: whatever they printed is in the log by then.
    const writers = this.writers()
    const alive = await listAlive()
    const ended = writers.filter(({ run, pid }) => !alive.has(`${run}.${pid}`))
    const problems: string[] = []
    for (const key of keys) {
      for (const stream of STREAMS) await this.#read(key, stream, problems)
    }
    for (const writer of ended) this.#settle(writer, problems)
    return problems
  }

  #progressOf(key: string, stream: 'stdout' | 'stderr'): Progress {
    const id = `${key} ${stream}`
    const bytes = openLogBytes(join(this.#home, 'log', encodeURIComponent(key)), stream)
    const known = this.#progress.get(id) ?? { bytes, offset: 0, run: null, runsBefore: new Set(), next: new Map() }
    this.#progress.set(id, known)
    return known
  }

  /** By offset, wherever the bytes lie: logs are rotated all the time, and the manager is killed in the middle of it. */
  async #read(key: string, stream: 'stdout' | 'stderr', problems: string[]): Promise<void> {
    const progress = this.#progressOf(key, stream)
    const buffer = Buffer.alloc(CHUNK_BYTES)
    for (;;) {
      const size = await progress.bytes.read(progress.offset, buffer)
      if (size < 0) {
        problems.push(`${key} ${stream}: nothing can be read at offset ${progress.offset}`)
        break
      }
      // What has no end yet is read again the next time.
      const end = buffer.subarray(0, size).lastIndexOf(10) + 1
      if (end === 0) break
      progress.offset += end
      const lines = buffer.toString('latin1', 0, end - 1).split('\n')
      this.lines += lines.length
      for (const line of lines) this.#take(line, `${key} ${stream}`, progress, problems)
    }
    await progress.bytes.release()
  }

  #take(line: string, where: string, progress: Progress, problems: string[]): void {
    const match = LINE.exec(line)
    if (match === null) {
      problems.push(`${where}: torn line ${JSON.stringify(line.slice(0, 100))}`)
      return
    }
    const [, run = '', pid = '', number = ''] = match
    if (run !== progress.run) {
      if (progress.runsBefore.has(run))
        problems.push(`${where}: run ${run} prints again after a later run: two at a time`)
      if (progress.run !== null) progress.runsBefore.add(progress.run)
      progress.run = run
    }
    const id = `${run}.${pid}`
    const expected = progress.next.get(id) ?? 0
    if (Number(number) !== expected) problems.push(`${where}: expected line ${expected} of ${id}, got ${number}`)
    if (this.#settled.has(id)) problems.push(`${where}: ${id} prints after it had ended`)
    progress.next.set(id, Number(number) + 1)
  }

  #settle({ run, pid, role }: Written, problems: string[]): void {
    const file = join(this.#home, 'written', `${run}.${pid}.${role}`)
    const counts = readFileSync(file, 'latin1').trim()
    // Killed before its first line: it has counted nothing.
    const [out = 0, err = 0] = counts === '' ? [] : counts.split(' ').map(Number)
    const id = `${run}.${pid}`
    for (const [stream, counted] of [
      ['stdout', out],
      ['stderr', err],
    ] as const) {
      const found = this.#found(id, stream)
      if (found < counted) problems.push(`${stream} of ${id} (${role}): printed ${counted} lines, the log has ${found}`)
    }
    this.#settled.add(id)
    rmSync(file)
  }

  #found(id: string, stream: string): number {
    for (const [where, { next }] of this.#progress) {
      const count = where.endsWith(stream) ? next.get(id) : undefined
      if (count !== undefined) return count
    }
    return 0
  }
}

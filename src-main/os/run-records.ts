import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomicSync } from './atomic-write.ts'
import type { Identity } from './processes/process-table.ts'

/** How long the log files were when a run began: what comes after that is its own output. */
export interface LogOffsets {
  readonly stdout: number
  readonly stderr: number
}

/**
 * PID files (DESIGN.md, D3). `run/<key>.pid` records a running instance: first line the decimal pid alone, second line
 * JSON. `run/<key>.intent` precedes it: it is written before the spawn and says which marker to look for should the app
 * be killed before the PID file exists. Neither needs an fsync: what a crash of the operating system could spoil is
 * stale by its boot id.
 */
export interface RunIntent {
  readonly key: string
  /** Unique per run; the value of the environment marker. */
  readonly nonce: string
  readonly bootId: string
  /** Program and arguments as people may see them, secrets masked. */
  readonly command: readonly string[]
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Missing in records of older versions. */
  readonly logOffsets?: LogOffsets | undefined
}

export interface RunRecord extends RunIntent {
  readonly identity: Identity
}

/** A record that could not be used, and what was done about it. */
export interface RecordWarning {
  readonly file: string
  readonly message: string
}

export interface StoredRecords {
  readonly records: readonly RunRecord[]
  readonly intents: readonly RunIntent[]
  readonly warnings: readonly RecordWarning[]
}

const text = z.string().min(1)

const intentSchema = z.object({
  version: z.literal(1),
  key: text,
  nonce: text,
  bootId: text,
  command: z.array(z.string()).min(1),
  startedAt: z.number(),
  logOffsets: z.object({ stdout: z.int().min(0), stderr: z.int().min(0) }).optional(),
})

const recordSchema = intentSchema.extend({ pid: z.int().min(2), createdAt: text })

const PID_SUFFIX = '.pid'
const INTENT_SUFFIX = '.intent'
/** A record is under 1 KB with ordinary arguments; a file beyond this is not one of ours. */
const MAX_RECORD_BYTES = 1_000_000

export class RunRecordStore {
  readonly #directory: string

  /** @param directory `getRunDir()`; created on the first write, readable by its owner only. */
  constructor(directory: string) {
    this.#directory = directory
  }

  pidFile(key: string): string {
    return join(this.#directory, encodeURIComponent(key) + PID_SUFFIX)
  }

  #intentFile(key: string): string {
    return join(this.#directory, encodeURIComponent(key) + INTENT_SUFFIX)
  }

  /** Durable against the death of this process when it returns. @throws the file system's error, e.g. `ENOSPC` */
  writeIntent(intent: RunIntent): void {
    this.#write(this.#intentFile(intent.key), JSON.stringify({ version: 1, ...intent }))
  }

  /** Replaces the intent. @throws the file system's error, e.g. `ENOSPC` */
  writeRecord(record: RunRecord): void {
    const { identity, ...intent } = record
    const json = JSON.stringify({ version: 1, ...intent, pid: identity.pid, createdAt: identity.createdAt })
    this.#write(this.pidFile(record.key), `${identity.pid}\n${json}`)
    this.removeIntent(record.key)
  }

  #write(file: string, content: string): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
    writeFileAtomicSync(file, `${content}\n`)
  }

  /** Forgets the run of this key, if there is one. */
  remove(key: string): void {
    rmSync(this.pidFile(key), { force: true })
    this.removeIntent(key)
  }

  /** Forgets the intent of this key, and leaves its PID file alone. */
  removeIntent(key: string): void {
    rmSync(this.#intentFile(key), { force: true })
  }

  /**
   * All records. What cannot be used is moved aside (its name gets `.corrupt-<time>`), reported, and never fatal.
   */
  readAll(): StoredRecords {
    const records: RunRecord[] = []
    const intents: RunIntent[] = []
    const warnings: RecordWarning[] = []
    for (const name of this.#fileNames()) {
      const file = join(this.#directory, name)
      try {
        if (name.endsWith(PID_SUFFIX)) records.push(parseRecord(readBounded(file), name))
        else if (name.endsWith(INTENT_SUFFIX)) intents.push(parseIntent(readBounded(file), name))
      } catch (error) {
        warnings.push({ file, message: `${reasonOf(error)}; ${moveAside(file)}` })
      }
    }
    return { records, intents, warnings }
  }

  #fileNames(): string[] {
    try {
      return readdirSync(this.#directory).sort()
    } catch {
      return [] // Not created yet: nothing was ever started.
    }
  }
}

function readBounded(file: string): string {
  // Looked at before it is opened: a pipe by that name would block, a huge file would fill the memory.
  const info = statSync(file)
  if (!info.isFile()) throw new Error('expected a file')
  if (info.size > MAX_RECORD_BYTES) {
    throw new Error(`expected a record of at most ${MAX_RECORD_BYTES} bytes, got ${info.size}`)
  }
  return readFileSync(file, 'utf8')
}

function parseRecord(content: string, fileName: string): RunRecord {
  const [firstLine = '', json = ''] = content.split('\n')
  const { version: _version, pid, createdAt, ...intent } = check(recordSchema, json, fileName, PID_SUFFIX)
  if (firstLine !== String(pid)) {
    throw new Error(`expected the pid ${pid} of the second line on the first line, got "${firstLine.slice(0, 40)}"`)
  }
  return { ...intent, identity: { pid, createdAt, bootId: intent.bootId } }
}

function parseIntent(content: string, fileName: string): RunIntent {
  const { version: _version, ...intent } = check(intentSchema, content, fileName, INTENT_SUFFIX)
  return intent
}

function check<T extends { key: string }>(schema: z.ZodType<T>, json: string, fileName: string, suffix: string): T {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error(`expected a record in JSON, got "${json.slice(0, 40)}"`)
  }
  const result = schema.safeParse(value)
  if (!result.success) throw new Error(`not a valid record: ${z.prettifyError(result.error).replace(/\s+/g, ' ')}`)
  if (encodeURIComponent(result.data.key) + suffix !== fileName) {
    throw new Error(`expected the record of the service its file is named after, got that of "${result.data.key}"`)
  }
  return result.data
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

function moveAside(file: string): string {
  const aside = `${file}.corrupt-${Date.now()}`
  try {
    renameSync(file, aside)
    return `moved to ${aside}`
  } catch (error) {
    return `could not be moved aside: ${reasonOf(error)}`
  }
}

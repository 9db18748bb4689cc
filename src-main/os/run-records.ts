import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomicSync } from './atomic-write.ts'
import { removeFileSync, retryHeldOpenSync } from './held-open.ts'
import { systemErrorCode } from './process-error.ts'
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
  /** The app's own pid then, which on Windows stays the parent's of what it started. Missing in records of older versions. */
  readonly startedBy?: number | undefined
  /** Where this run listens, whatever its service is changed to meanwhile. */
  readonly address?: { readonly host: string; readonly port: number | null } | undefined
  /** Missing in records of older versions. */
  readonly logOffsets?: LogOffsets | undefined
}

export interface RunRecord extends RunIntent {
  readonly identity: Identity
  /** A stop is under way that nothing is to follow: should the app die, the next one goes on with it. */
  readonly stopping?: boolean | undefined
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
  startedBy: z.int().min(1).optional(),
  address: z.object({ host: text, port: z.int().min(1).max(65_535).nullable() }).optional(),
  logOffsets: z.object({ stdout: z.int().min(0), stderr: z.int().min(0) }).optional(),
})

const recordSchema = intentSchema.extend({ pid: z.int().min(2), createdAt: text, stopping: z.boolean().optional() })

const PID_SUFFIX = '.pid'
const INTENT_SUFFIX = '.intent'
/** A record is under 1 KB with ordinary arguments; a file beyond this is not one of ours. */
const MAX_RECORD_BYTES = 1_000_000
/** What a write of ours leaves behind if the app is killed before its rename. */
const HALF_WRITTEN = /^\..+\.(pid|intent)\.[0-9a-f]+\.tmp$/

/** A full disk may have space again at any time; trying costs one failed write per record. */
const RETRY_MS = 1_000

export class RunRecordStore {
  readonly #directory: string
  /** Records of running instances that could not be written yet. */
  readonly #unwritten = new Map<string, RunRecord>()
  #retry: NodeJS.Timeout | undefined

  /** @param directory `getRunDir()`; created on the first write, readable by its owner only. */
  constructor(directory: string) {
    this.#directory = directory
  }

  pidFile(key: string): string {
    return join(this.#directory, fileNameOf(key) + PID_SUFFIX)
  }

  #intentFile(key: string): string {
    return join(this.#directory, fileNameOf(key) + INTENT_SUFFIX)
  }

  /** Durable against the death of this process when it returns. @throws the file system's error, e.g. `ENOSPC` */
  writeIntent(intent: RunIntent): void {
    this.#unwritten.delete(intent.key)
    this.#write(this.#intentFile(intent.key), JSON.stringify({ version: 1, ...intent }))
  }

  /** Replaces the intent. @throws the file system's error, e.g. `ENOSPC` */
  writeRecord(record: RunRecord): void {
    this.#unwritten.delete(record.key)
    const { identity, ...intent } = record
    const json = JSON.stringify({ version: 1, ...intent, pid: identity.pid, createdAt: identity.createdAt })
    this.#write(this.pidFile(record.key), `${identity.pid}\n${json}`)
    this.removeIntent(record.key)
  }

  /**
   * As {@link writeRecord}, for an instance that runs already: what cannot be written now (a full disk) is written as soon
   * as it can be, unless it is forgotten before. Until then the intent stands for it.
   *
   * @returns the file system's error, null if it is written
   */
  keepRecord(record: RunRecord): unknown {
    try {
      this.writeRecord(record)
      return null
    } catch (error) {
      this.#unwritten.set(record.key, record)
      this.#retryLater()
      return error
    }
  }

  /** Notes in the record of this key that its instance is being stopped; without effect if that cannot be written. */
  markStopping(key: string): void {
    const unwritten = this.#unwritten.get(key)
    if (unwritten !== undefined) this.#unwritten.set(key, { ...unwritten, stopping: true })
    else {
      const file = this.pidFile(key)
      try {
        this.writeRecord({ ...parseRecord(readBounded(file), basename(file)), stopping: true })
      } catch {
        // The record as it was is still there; at worst a stop that the death of the app cuts short has to be repeated.
      }
    }
  }

  #retryLater(): void {
    if (this.#retry !== undefined) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      // A failure puts it back.
      for (const record of [...this.#unwritten.values()]) this.keepRecord(record)
    }, RETRY_MS)
    this.#retry.unref()
  }

  /** Writes no more records later. */
  dispose(): void {
    clearTimeout(this.#retry)
    this.#unwritten.clear()
  }

  #write(file: string, content: string): void {
    try {
      writeFileAtomicSync(file, `${content}\n`)
    } catch (error) {
      // Rarely: made at the first write, and again should somebody remove it.
      if (systemErrorCode(error) !== 'ENOENT') throw error
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
      writeFileAtomicSync(file, `${content}\n`)
    }
  }

  /**
   * Forgets the run of this key, if there is one.
   *
   * @returns what could not be removed; it will be found stale by a later recovery
   */
  remove(key: string): RecordWarning[] {
    this.#unwritten.delete(key)
    return [...removeFile(this.pidFile(key)), ...this.removeIntent(key)]
  }

  /** Forgets the intent of this key, and leaves its PID file alone. */
  removeIntent(key: string): RecordWarning[] {
    return removeFile(this.#intentFile(key))
  }

  /** Removes what writes that an earlier life of the app did not end have left. Only while nobody else writes here. */
  removeHalfWritten(): RecordWarning[] {
    const names = this.#fileNames().filter((name) => HALF_WRITTEN.test(name))
    return names.flatMap((name) => removeFile(join(this.#directory, name)))
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

/** Windows allows no star in a name, which `encodeURIComponent` leaves as it is. */
const fileNameOf = (key: string) => encodeURIComponent(key).replaceAll('*', '%2A')

function removeFile(file: string): RecordWarning[] {
  try {
    removeFileSync(file)
    return []
  } catch (error) {
    return [{ file, message: `could not be removed: ${reasonOf(error)}` }]
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
  if (fileNameOf(result.data.key) + suffix !== fileName) {
    throw new Error(`expected the record of the service its file is named after, got that of "${result.data.key}"`)
  }
  return result.data
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

function moveAside(file: string): string {
  const aside = `${file}.corrupt-${Date.now()}`
  try {
    retryHeldOpenSync(() => renameSync(file, aside))
    return `moved to ${aside}`
  } catch (error) {
    return `could not be moved aside: ${reasonOf(error)}`
  }
}

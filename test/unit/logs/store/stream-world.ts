import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { LogBytes } from '../../../../src-main/logs/store/log-bytes.ts'
import type { Quiesce } from '../../../../src-main/logs/store/rotate-stream.ts'
import { NO_SEGMENTS } from '../../../../src-main/logs/store/segments.ts'
import { openLogBytes } from '../../../../src-main/logs/store/stream-bytes.ts'
import { StreamStore } from '../../../../src-main/logs/store/stream-store.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

/** For writers that are synchronous calls of the test: none runs during `work`. */
export const quiesce: Quiesce = async (work) => work()

/** For compressing to the end. */
export const toTheEnd = { signal: new AbortController().signal }

/** Lines of 16 bytes, numbered on from one text to the next, so that any two texts differ. */
let line = 0
export function text(bytes: number): string {
  let made = ''
  while (made.length < bytes) made += `line ${String(line++).padStart(10, '0')}\n`
  return made.slice(0, bytes)
}

/** A stream on disk, and all that was printed to it. */
export class StreamWorld {
  readonly folder: string
  readonly warnings: string[] = []
  readonly steps: string[] = []
  onStep: (step: string) => void = () => undefined
  store: StreamStore
  printed = Buffer.alloc(0)

  constructor(folder = temporaryDirectory()) {
    this.folder = folder
    this.store = this.newStore()
  }

  /** As after a restart of the app. */
  newStore(): StreamStore {
    this.store = new StreamStore(this.folder, 'stdout', {
      warn: (message) => this.warnings.push(message),
      onStep: (step) => {
        this.steps.push(step)
        this.onStep(step)
      },
    })
    return this.store
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** As the service does: appends to the file that is there. */
  print(bytes: string | Buffer): void {
    appendFileSync(this.path('stdout.log'), bytes)
    this.printed = Buffer.concat([this.printed, Buffer.from(bytes)])
  }

  async rotated(bytes: string): Promise<void> {
    this.print(bytes)
    await this.store.rotate({ quiesce })
  }

  reader(): LogBytes {
    return openLogBytes(this.folder, 'stdout', { warn: (message) => this.warnings.push(message) })
  }

  /** Names of the stream's files but its segments.json. */
  files(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name !== 'stdout.segments.json')
      .sort()
  }

  size(name: string): number {
    return statSync(this.path(name)).size
  }

  segments() {
    if (!existsSync(this.path('stdout.segments.json'))) return NO_SEGMENTS
    return JSON.parse(readFileSync(this.path('stdout.segments.json'), 'utf8'))
  }

  copyTo(folder: string): void {
    cpSync(this.folder, folder, { recursive: true })
  }

  /** What a person finds who puts the files together, oldest first. */
  concatenated(): Buffer {
    const number = (name: string) => Number(/\.log\.(\d+)/.exec(name)?.[1] ?? 0)
    const names = readdirSync(this.folder).filter((name) => name.startsWith('stdout.log'))
    const parts = names
      .sort((a, b) => number(b) - number(a))
      .map((name) => {
        const bytes = readFileSync(this.path(name))
        return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
      })
    return Buffer.concat(parts)
  }
}

/** Everything there is, read in pieces. */
export async function readAll(bytes: LogBytes, pieceBytes = 100_000): Promise<{ first: number; bytes: Buffer }> {
  const { first, end } = await bytes.extent()
  const parts: Buffer[] = []
  for (let at = first; at < end; ) {
    const piece = Buffer.alloc(Math.min(pieceBytes, end - at))
    const read = await bytes.read(at, piece)
    if (read <= 0) throw new Error(`expected bytes at ${at} of ${first} to ${end}, got ${read}`)
    parts.push(piece.subarray(0, read))
    at += read
  }
  return { first, bytes: Buffer.concat(parts) }
}

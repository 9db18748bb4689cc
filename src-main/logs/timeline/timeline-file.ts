import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { thinTimeline } from '../../core/thin-timeline.ts'
import type { RunMark, TimelineEntry } from '../../core/timeline-entry.ts'
import { renameFile } from '../store/held-open.ts'

export function timelineFile(folder: string): string {
  return join(folder, 'timeline.jsonl')
}

/**
 * A service's timeline as it is on disk; empty if there is none. Lines that cannot be understood (torn by a full disk or
 * a crash) and lines out of order are left out: a lost tick makes a time less exact and nothing else.
 *
 * @throws the file system's error for anything but a missing file
 */
export async function readTimeline(folder: string): Promise<TimelineEntry[]> {
  try {
    return parseTimeline(await readFile(timelineFile(folder), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

export function parseTimeline(text: string): TimelineEntry[] {
  const entries: TimelineEntry[] = []
  let last: TimelineEntry = { n: 0, time: 0, stdout: 0, stderr: 0 }
  for (const line of text.split('\n')) {
    const entry = line === '' ? null : parseEntry(line)
    if (entry === null || !follows(entry, last)) continue
    entries.push(entry)
    last = entry
  }
  return entries
}

/** More than a few entries take, each being at most some hundred bytes. */
const TAIL_BYTES = 16 * 1024

/**
 * Gets a timeline ready to be added to: a last line that the death of an earlier life cut off is ended, so that it spoils
 * only itself. Synchronous: it stands at the beginning of a service's first run, which would wait a millisecond for the
 * thread pool.
 *
 * @returns the newest entry on disk, null if there is none; and how long the file is, in bytes
 */
export function openTimeline(folder: string): { readonly last: TimelineEntry | null; readonly bytes: number } {
  const { tail, bytes } = readTail(timelineFile(folder))
  if (tail !== '' && !tail.endsWith('\n')) {
    try {
      appendFileSync(timelineFile(folder), '\n')
    } catch {
      // A full disk: the next entry is then lost with the torn one, which costs a time.
    }
  }
  // The first line may lack its beginning; then it is no entry.
  return { last: parseTimeline(tail).at(-1) ?? null, bytes }
}

/**
 * Makes a long timeline shorter (`thinTimeline`). Nothing may be appended meanwhile.
 *
 * @returns its new length in bytes
 * @throws the file system's error; then it is as it was
 */
export async function shortenTimeline(folder: string): Promise<number> {
  const text = thinTimeline(await readTimeline(folder))
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('')
  const temporary = `${timelineFile(folder)}.tmp`
  await writeFile(temporary, text, { mode: 0o600 })
  await renameFile(temporary, timelineFile(folder))
  return Buffer.byteLength(text)
}

function readTail(path: string): { tail: string; bytes: number } {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return { tail: '', bytes: 0 }
  }
  try {
    const { size } = fstatSync(file)
    const from = Math.max(0, size - TAIL_BYTES)
    const buffer = Buffer.alloc(size - from)
    return { tail: buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from)), bytes: size }
  } finally {
    closeSync(file)
  }
}

/**
 * Adds an entry at the end of the file. Synchronous: a few microseconds, and the order of entries needs no queue.
 *
 * @returns bytes added
 * @throws the file system's error, e.g. `ENOSPC`
 */
export function appendEntry(folder: string, entry: TimelineEntry): number {
  const line = `${JSON.stringify(entry)}\n`
  try {
    appendFileSync(timelineFile(folder), line, { mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    mkdirSync(dirname(timelineFile(folder)), { recursive: true, mode: 0o700 })
    appendFileSync(timelineFile(folder), line, { mode: 0o600 })
  }
  return line.length
}

function follows(entry: TimelineEntry, last: TimelineEntry): boolean {
  return entry.n > last.n && entry.time >= last.time && entry.stdout >= last.stdout && entry.stderr >= last.stderr
}

function parseEntry(line: string): TimelineEntry | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { n, time, stdout, stderr, untimed, mark } = value as Record<string, unknown>
  if (![n, time, stdout, stderr].every((number) => Number.isSafeInteger(number) && (number as number) >= 0)) return null
  const known = parseMark(mark)
  return {
    n: n as number,
    time: time as number,
    stdout: stdout as number,
    stderr: stderr as number,
    ...(untimed === true ? { untimed } : {}),
    ...(known === null ? {} : { mark: known }),
  }
}

function parseMark(value: unknown): RunMark | null {
  if (typeof value !== 'object' || value === null) return null
  const { kind, pid, reason } = value as Record<string, unknown>
  if ((kind === 'start' || kind === 'adopted') && typeof pid === 'number') return { kind, pid }
  if (kind === 'end' && typeof reason === 'string') return { kind, reason }
  return null
}

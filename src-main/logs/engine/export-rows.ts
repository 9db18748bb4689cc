import { type FileHandle, open, rm } from 'node:fs/promises'
import { withoutControlSequences } from '../../core/log-level.ts'
import type { RowRun } from '../../core/log-rows.ts'
import type { RunMark } from '../../core/timeline-entry.ts'
import { LogChangedError } from './counted-stream.ts'
import { LineCopier } from './line-copier.ts'
import type { OpenView } from './open-view.ts'

const FLUSH_BYTES = 256 * 1024

/**
 * Writes rows `from` up to `to` as text into a file: lines whole, without control sequences, and marks between dashes.
 *
 * @param withTimes begins each row with its time in ISO 8601, or with blanks if it has none
 * @param isCurrent false ends it
 * @returns how many rows are written; null if the log changed meanwhile, and then there is no file
 * @throws the file system's error
 */
export async function exportRows(
  view: OpenView,
  from: number,
  to: number,
  file: string,
  withTimes: boolean,
  isCurrent: () => boolean,
): Promise<{ rows: number }> {
  const first = Math.max(from, view.firstRow)
  const end = Math.min(to, view.rows.endRow)
  const output = new TextFile(await open(file, 'w'))
  try {
    const copiers = new Map(
      view.parts.map(({ stream, bytes, index, cover }) => [stream, new LineCopier({ bytes, index, cover })]),
    )
    for (const run of view.rows.runs(first, end)) {
      const prefix = withTimes ? timeOf(view, run) : ''
      if (run.kind === 'mark') {
        const mark = view.timeline.markOf(run.entry)
        await output.write(Buffer.from(`${prefix}--- ${mark === null ? '' : wordsOf(mark)} ---\n`))
      } else {
        await copiers.get(run.stream)?.copy(run.line, run.count, prefix, output)
      }
      if (!isCurrent()) throw new LogChangedError()
    }
    await output.close()
  } catch (error) {
    await output.abandon()
    await rm(file, { force: true }).catch(() => undefined)
    throw error
  }
  return { rows: Math.max(0, end - first) }
}

const NO_TIME = ' '.repeat('2000-01-01T00:00:00.000Z '.length)

function timeOf(view: OpenView, run: RowRun): string {
  if (run.kind === 'lines' && view.timeline.isUntimed(run.entry)) return NO_TIME
  return `${new Date(view.timeline.timeOf(run.entry)).toISOString()} `
}

function wordsOf(mark: RunMark): string {
  switch (mark.kind) {
    case 'start':
      return `started, pid ${mark.pid}`
    case 'adopted':
      return `taken over, pid ${mark.pid}`
    case 'end':
      return withoutControlSequences(mark.reason)
  }
}

/** Gathers small writes. */
class TextFile {
  readonly #file: FileHandle
  #pending: Buffer[] = []
  #length = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** `bytes` may be reused afterwards. */
  async write(bytes: Buffer): Promise<void> {
    this.#pending.push(Buffer.from(bytes))
    this.#length += bytes.length
    if (this.#length >= FLUSH_BYTES) await this.#flush()
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#file.close()
  }

  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined)
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending)
    this.#pending = []
    this.#length = 0
    await this.#file.writeFile(bytes)
  }
}

import { createContext, Script } from 'node:vm'
import type { ProbeResult } from '../core/health.ts'
import type { ProbeConfig } from '../core/health-config.ts'
import { decodeLine } from '../logs/decode-line.ts'
import type { ServiceLogs } from '../logs/service-logs.ts'
import type { LogBytes } from '../logs/store/log-bytes.ts'
import type { LogOffsets } from '../os/run-records.ts'

/** Small enough that looking through it does not hold up anything else on the thread. */
const CHUNK_BYTES = 256 * 1024
/** Looked at of one line; a start-up message is short. */
const MAX_LINE_BYTES = 2_000
/** What a pattern may take for the lines of one chunk. One that takes longer would hold up the app and is given up. */
const PATTERN_MS = 100
const LINE_FEED = 0x0a

// A regular expression may backtrack for hours; as a script of its own, V8 ends it when its time is over.
const search = new Script('lines.find((line) => expression.test(line))')

interface Position {
  readonly bytes: LogBytes
  offset: number
  /** The beginning of a line whose end is not written yet. */
  rest: Buffer
}

/** Looks for a line in the output of one run, at each byte once, and remembers that it was there. */
export class LogScan {
  readonly #logs: ServiceLogs
  readonly #key: string
  readonly #from: LogOffsets
  #positions: Position[] = []
  /** What is looked for, as JSON; a changed probe begins anew. */
  #wanted = ''
  #found: ProbeResult | null = null

  /** @param from where the streams ended when the run began */
  constructor(logs: ServiceLogs, key: string, from: LogOffsets) {
    this.#logs = logs
    this.#key = key
    this.#from = from
  }

  /** Never rejects. Takes little longer than the probe's time-out, also while the service floods its log. */
  async look({ logText, logPattern, timeoutSeconds }: ProbeConfig): Promise<ProbeResult> {
    const wanted = JSON.stringify(logText ?? logPattern)
    if (wanted !== this.#wanted) this.#begin(wanted)
    const matches = logPattern === null ? textMatcher(logText ?? '') : patternMatcher(logPattern)
    const deadline = Date.now() + timeoutSeconds * 1000
    try {
      for (const position of this.#positions) {
        this.#found ??= await this.#scan(position, matches, deadline)
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { outcome: 'failed', detail: `Its output could not be searched: ${message}` }
    }
    return this.#found ?? { outcome: 'unreachable', detail: `Its output does not hold ${wanted} yet.` }
  }

  #begin(wanted: string): void {
    this.#wanted = wanted
    this.#found = null
    const streams = ['stdout', 'stderr'] as const
    this.#positions = streams.map((stream) => ({
      bytes: this.#logs.bytes(this.#key, stream),
      offset: this.#from[stream],
      rest: Buffer.alloc(0),
    }))
  }

  async #scan(position: Position, matches: Matcher, deadline: number): Promise<ProbeResult | null> {
    // Should somebody have truncated the file, offsets go on from where it ended.
    this.#logs.offsets(this.#key)
    for (let lines = await nextLines(position); lines !== null; lines = await nextLines(position)) {
      const line = matches(lines)
      if (line === 'too slow') return { outcome: 'failed', detail: `The pattern ${this.#wanted} takes too long.` }
      if (line !== null) return { outcome: 'ok', detail: `Its output says: ${line.trim().slice(0, 200)}` }
      if (Date.now() >= deadline) return null
    }
    return null
  }
}

/** The whole lines of the next chunk, each cut to what is looked at; null at the end of the log. */
async function nextLines(position: Position): Promise<string[] | null> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let bytesRead = await position.bytes.read(position.offset, buffer)
  if (bytesRead < 0) {
    // Cut off, replaced or rotated away: what is there now is later output of the same run.
    const { first } = await position.bytes.extent()
    Object.assign(position, { offset: Math.max(first, position.offset), rest: Buffer.alloc(0) })
    bytesRead = await position.bytes.read(position.offset, buffer)
  }
  if (bytesRead <= 0) return null
  position.offset += bytesRead
  const chunk = buffer.subarray(0, bytesRead)
  const lines: string[] = []
  let from = 0
  for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
    lines.push(decodeLine(extend(position.rest, chunk.subarray(from, end))))
    position.rest = Buffer.alloc(0)
    from = end + 1
  }
  position.rest = extend(position.rest, chunk.subarray(from))
  return lines
}

function extend(begun: Buffer, more: Buffer): Buffer {
  return Buffer.concat([begun, more.subarray(0, MAX_LINE_BYTES - begun.length)])
}

/** The first line that is meant, or null. */
type Matcher = (lines: readonly string[]) => string | null | 'too slow'

const textMatcher =
  (text: string): Matcher =>
  (lines) =>
    lines.find((line) => line.includes(text)) ?? null

function patternMatcher(pattern: string): Matcher {
  const expression = new RegExp(pattern, 'u')
  return (lines) => {
    try {
      const line: unknown = search.runInContext(createContext({ lines, expression }), { timeout: PATTERN_MS })
      return typeof line === 'string' ? line : null
    } catch (error) {
      // Made in the script's own context, so it is no instance of this one's Error.
      const isTimeout = typeof error === 'object' && error !== null && 'code' in error
      if (isTimeout && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too slow'
      throw error
    }
  }
}

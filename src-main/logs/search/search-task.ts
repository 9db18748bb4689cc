import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Failure } from '../../core/failure.ts'
import type { LogStream } from '../../core/log-row.ts'
import type { LogBytes } from '../store/log-bytes.ts'
import { FoundBatch } from './found-batch.ts'
import type { Matcher } from './matcher.ts'
import type { Pulse } from './pulse.ts'
import { type SearchSpan, StreamScan } from './scan.ts'
import type { FromSearchThread } from './search-messages.ts'

/** Between two reports: twenty a second. */
const REPORT_MS = 50
/** Longest time without looking at messages, unless a single match takes longer. */
const TURN_MS = 20

interface SearchTaskOptions {
  readonly matcher: Matcher
  readonly open: (stream: LogStream) => LogBytes
  readonly pulse: Pulse
  readonly tell: (message: FromSearchThread) => void
}

/** One search: the spans it is given, one after another, and what is asked of it meanwhile. */
export class SearchTask {
  readonly #options: SearchTaskOptions
  readonly #scans = new Map<LogStream, { readonly scan: StreamScan; readonly bytes: LogBytes }>()
  readonly #found = new FoundBatch()
  #queue: SearchSpan[] = []
  #received = 0
  #finished = 0
  #isRunning = false
  #totalBytes = 0
  #doneBytes = 0
  #current: { readonly span: SearchSpan; offset: number } | null = null
  #toldAt = Number.NEGATIVE_INFINITY
  #turnAt = 0
  #timer: NodeJS.Timeout | null = null

  constructor(options: SearchTaskOptions) {
    this.#options = options
  }

  /** Also these. Returns at once. */
  search(spans: readonly SearchSpan[]): void {
    this.#received += 1
    this.#queue.push(...spans)
    for (const span of spans) this.#totalBytes += span.toOffset - span.fromOffset
    if (!this.#isRunning) void this.#run()
  }

  ranges(request: number, texts: readonly string[]): void {
    const { matcher, pulse, tell } = this.#options
    try {
      const ranges = pulse.during('ranges', () => texts.map((text) => matcher.ranges(text)))
      tell({ kind: 'ranges', request, ranges })
    } catch (error) {
      tell({ kind: 'failed', failure: describe(error) })
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    try {
      for (let span = this.#queue.shift(); span !== undefined; span = this.#queue.shift()) await this.#searchSpan(span)
      // On Windows nobody can rename or remove a file that is open.
      await Promise.all([...this.#scans.values()].map(({ bytes }) => bytes.release()))
    } catch (error) {
      this.#options.tell({ kind: 'failed', failure: describe(error) })
      return
    }
    this.#isRunning = false
    // While the files were being closed, more may have come.
    if (this.#queue.length > 0) return void this.#run()
    this.#finished = this.#received
    this.#tellSoon()
  }

  async #searchSpan(span: SearchSpan): Promise<void> {
    this.#current = { span, offset: span.fromOffset }
    const rest = await this.#scanOf(span.stream).search(span)
    if (rest !== null) this.#found.addGone(rest)
    this.#current = null
    this.#doneBytes += span.toOffset - span.fromOffset
  }

  #scanOf(stream: LogStream): StreamScan {
    const known = this.#scans.get(stream)
    if (known !== undefined) return known.scan
    const { matcher, open, pulse } = this.#options
    const bytes = open(stream)
    const scan = new StreamScan(bytes, matcher, {
      found: (line) => this.#found.add(stream, line),
      reached: (offset) => {
        if (this.#current !== null) this.#current.offset = offset
      },
      attempt: (match) => pulse.during('scan', match),
      pause: () => this.#pause(),
    })
    this.#scans.set(stream, { scan, bytes })
    return scan
  }

  #pause(): Promise<void> | null {
    const now = performance.now()
    if (now >= this.#toldAt + REPORT_MS) this.#tell(now)
    if (now < this.#turnAt + TURN_MS) return null
    this.#turnAt = now
    return nextTurn()
  }

  #tellSoon(): void {
    const now = performance.now()
    const wait = this.#toldAt + REPORT_MS - now
    if (wait <= 0) this.#tell(now)
    else this.#timer ??= setTimeout(() => this.#tell(performance.now()), wait)
  }

  #tell(now: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#toldAt = now
    const { span, offset } = this.#current ?? { span: null, offset: 0 }
    // It may begin before the span, with a line that was unfinished.
    const currentBytes = span === null ? 0 : Math.max(0, offset - span.fromOffset)
    const progress = this.#found.take(this.#doneBytes + currentBytes, this.#totalBytes)
    this.#options.tell({ kind: 'progress', progress, finished: this.#finished })
  }
}

function describe(error: unknown): Failure {
  if (error instanceof RangeError) {
    return {
      code: 'too-complex',
      message: 'This pattern needs more memory than there is, on a long line of this log.',
      hint: 'Try a simpler one.',
    }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'search-failed', message: `The log could not be searched: ${reason}.`, hint: 'Search again.' }
}

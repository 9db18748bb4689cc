import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { identify, processTable } from './processes/identity.ts'
import { startProcessCrossPlatform } from './spawn.ts'
import type { ProcessExit } from './started-process.ts'
import { stopTree } from './stop-tree.ts'

/** Environment variable that the program and all that it starts carry, so that nothing of it is left. */
const MARKER = 'AGENTOS_HELPER'
/** How long its output may stay open after its end, because something that it started holds it. */
const LINGER_MS = 500

export interface BriefRun {
  /** Program and arguments; no shell sees them. */
  readonly command: readonly [string, ...string[]]
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly timeoutMs: number
  /** Of each stream. A program that prints more is ended. */
  readonly maxOutputBytes: number
}

export interface BriefResult {
  /** Null: it had to be ended, since it took too long or printed too much. */
  readonly exit: ProcessExit | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program that is expected to end at once, without input. If it does not, or leaves something behind that holds
 * its output, its whole tree is ended.
 *
 * @throws ProcessError as `startProcessCrossPlatform`
 */
export async function runBriefly(run: BriefRun): Promise<BriefResult> {
  const marker = { name: MARKER, value: randomBytes(16).toString('hex') }
  const { command, cwd, env, timeoutMs, maxOutputBytes } = run
  const start = { command, cwd, env, marker, captureOutput: true }
  const { pid, exited, stdout, stderr } = await startProcessCrossPlatform(start)
  const texts = [collect(stdout, maxOutputBytes), collect(stderr, maxOutputBytes)] as const
  const identity = await identify(pid)
  const tooMuch = Promise.race(texts.map(({ overflow }) => overflow))
  const exit = await within(timeoutMs, Promise.race([exited, tooMuch]))
  const ended = exit === null ? null : await within(LINGER_MS, Promise.all(texts.map(({ closed }) => closed)))
  if (ended === null) {
    // Of one that has ended already, only what it left is found: by its marker, and by its group.
    const root = identity ?? { pid, createdAt: 'ended', bootId: await processTable().bootId() }
    await stopTree(root, { graceMs: 0, force: true, marker, watchedToItsEnd: true })
  }
  for (const stream of [stdout, stderr]) stream?.destroy()
  return { exit, stdout: texts[0].text(), stderr: texts[1].text() }
}

interface Collected {
  readonly text: () => string
  readonly closed: Promise<true>
  /** Settles, with null, only if there is too much. */
  readonly overflow: Promise<null>
}

function collect(stream: Readable | null, maxBytes: number): Collected {
  const chunks: Buffer[] = []
  let size = 0
  const overflow = new Promise<null>((resolve) => {
    stream?.on('data', (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, maxBytes - size))
      size = Math.min(size + chunk.length, maxBytes)
      if (size === maxBytes) resolve(null)
    })
  })
  const closed = new Promise<true>((resolve) => {
    if (stream === null) resolve(true)
    stream?.once('close', () => resolve(true))
    // Then there is nothing more to read, whatever the reason.
    stream?.once('error', () => resolve(true))
  })
  return { text: () => Buffer.concat(chunks).toString('utf8'), closed, overflow }
}

/** Null if it takes longer. */
function within<T>(ms: number, result: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), ms)
    result.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

import { promises as fsp } from 'node:fs'
import { NOTE } from './about.ts'
import { type DemoOptions, parseDemoArgs } from './args.ts'
import { outliveParent, type SelfCommand, startChildren } from './children.ts'
import { startFlood } from './flood.ts'
import { createDemoHttpServer } from './http-server.ts'
import { close, listen } from './listen.ts'
import { DemoLog, type LineSink } from './log.ts'
import { NgramModel } from './ngram-model.ts'

export interface DemoServerContext {
  readonly stdout: LineSink
  readonly stderr: LineSink
  /** How to start this program again, for `--spawn-children`; the flags come after its arguments. */
  readonly selfCommand: SelfCommand
  /** The text that ships with the app; `--text` wins. */
  readonly textPath: string
  /** Stops the server as a polite signal does, for a host that catches signals itself. */
  readonly stop?: AbortSignal
}

/** `SIGBREAK` is Windows' CTRL_BREAK. */
const POLITE_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGTERM', 'SIGINT', 'SIGBREAK'] : ['SIGTERM', 'SIGINT']

const EXIT_OK = 0
const EXIT_FAILURE = 1
const EXIT_USAGE = 2

/** Why the server ends: someone asked, or `--crash-after-ms`. */
type End = { readonly kind: 'stop'; readonly why: string } | { readonly kind: 'crash'; readonly code: number }

/**
 * Runs the demo server until it is stopped, and gives the exit code: 0 after a polite stop, 1 if it could not start, 2 for
 * wrong arguments, or that of a crash. The caller ends the process with it at once: after a crash connections and
 * children are still there, as after a real one.
 */
export async function runDemoServer(argv: readonly string[], context: DemoServerContext): Promise<number> {
  const log = new DemoLog(context.stdout, context.stderr)
  const parsed = parseDemoArgs(argv)
  if (!parsed.ok) {
    log.error(parsed.message)
    return EXIT_USAGE
  }
  const ending = waitForEnd(parsed.options, context, log)
  try {
    if (parsed.options.childOf !== null) {
      log.info(`child with the pid ${process.pid} lives`)
      await Promise.race([ending.end, outliveParent(parsed.options.childOf)])
      return EXIT_OK
    }
    return await serve(parsed.options, context, ending.end, log)
  } finally {
    ending.dispose()
  }
}

async function serve(options: DemoOptions, context: DemoServerContext, ended: Promise<End>, log: DemoLog) {
  const text = await readText(options.text ?? context.textPath, log)
  if (text === undefined) {
    return EXIT_FAILURE
  }
  let model: NgramModel | null = null
  const stopping = new AbortController()
  const server = createDemoHttpServer({ model: () => model, tokenMs: options.tokenMs, stopping: stopping.signal, log })
  log.info(NOTE)
  if (!(await listen(server, options, log))) {
    return EXIT_FAILURE
  }
  const extras = [
    startChildren(options.spawnChildren, context.selfCommand, options.ignoreSigterm, log),
    ...(options.flood > 0 ? [startFlood(options.flood, context.stdout)] : []),
    ...(options.heartbeatMs > 0 ? [startHeartbeat(options.heartbeatMs, log)] : []),
  ]
  const loading = new NgramModel(text)
  const loaded = setTimeout(() => {
    model = loading
    log.info(`model loaded: ${loading.vocabularySize} different words, ready`)
  }, options.loadMs)

  const end = await ended
  clearTimeout(loaded)
  if (end.kind === 'crash') {
    log.error(`crashing with exit code ${end.code}, as --crash-after-ms says`)
    return end.code
  }
  log.info(`stopping: ${end.why}`)
  for (const extra of extras) {
    extra.dispose()
  }
  stopping.abort()
  await close(server)
  log.info('stopped')
  return EXIT_OK
}

async function readText(path: string, log: DemoLog): Promise<string | undefined> {
  try {
    const text = await fsp.readFile(path, 'utf8')
    if (text.trim() !== '') {
      return text
    }
    log.error(`expected a text to learn from in ${path}, but it is empty; give another one with --text`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log.error(`the text to learn from could not be read: ${reason}; give another one with --text`)
  }
  return undefined
}

function startHeartbeat(intervalMs: number, log: DemoLog): { dispose(): void } {
  let beats = 0
  const timer = setInterval(() => {
    beats += 1
    log.info(`heartbeat ${beats}`)
  }, intervalMs)
  return { dispose: () => clearInterval(timer) }
}

function waitForEnd(options: DemoOptions, context: DemoServerContext, log: DemoLog) {
  const disposers: (() => void)[] = []
  const end = new Promise<End>((resolve) => {
    const politeStop = (why: string) => {
      if (options.ignoreSigterm) {
        log.warn(`${why} ignored, as --ignore-sigterm says`)
      } else {
        resolve({ kind: 'stop', why })
      }
    }
    for (const signal of POLITE_SIGNALS) {
      const listener = () => politeStop(signal)
      process.on(signal, listener)
      disposers.push(() => process.off(signal, listener))
    }
    const { stop } = context
    const stopNow = () => politeStop('request to stop')
    stop?.addEventListener('abort', stopNow)
    disposers.push(() => stop?.removeEventListener('abort', stopNow))
    if (stop?.aborted === true) {
      stopNow()
    }
    const { crashAfterMs, exitCode } = options
    if (crashAfterMs !== null && options.childOf === null) {
      const timer = setTimeout(() => resolve({ kind: 'crash', code: exitCode }), crashAfterMs)
      disposers.push(() => clearTimeout(timer))
    }
  })
  return {
    end,
    dispose: () => {
      for (const dispose of disposers) {
        dispose()
      }
    },
  }
}

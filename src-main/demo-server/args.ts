export interface DemoOptions {
  /** Address to listen on. */
  readonly host: string
  /** 0 lets the system choose; the start-up line tells which it is. */
  readonly port: number
  /** How long /health says "loading" after the server listens. */
  readonly loadMs: number
  /** Time from the start to a crash; null: none. */
  readonly crashAfterMs: number | null
  /** Exit code of that crash. */
  readonly exitCode: number
  /** Polite stop signals are ignored; only a kill ends it. */
  readonly ignoreSigterm: boolean
  /** Number of child processes. */
  readonly spawnChildren: number
  /** Lines per second written to stdout; 0: none. */
  readonly flood: number
  /** Interval of a line that says it is alive; 0: none. */
  readonly heartbeatMs: number
  /** Pause after each streamed token. */
  readonly tokenMs: number
  /** File of the text the model is built from; null: the one that ships with the app. */
  readonly text: string | null
  /** It is one of `spawnChildren`, not a server, and this is its parent's pid. Null: it is a server. */
  readonly childOf: number | null
}

export type ParsedDemoArgs =
  | { readonly ok: true; readonly options: DemoOptions }
  | { readonly ok: false; readonly message: string }

const ONE_DAY_MS = 86_400_000

interface NumberRange {
  readonly minimum: number
  readonly maximum: number
}

const NUMBERS: Readonly<Record<string, NumberRange>> = {
  '--port': { minimum: 0, maximum: 65_535 },
  '--load-ms': { minimum: 0, maximum: ONE_DAY_MS },
  '--crash-after-ms': { minimum: 0, maximum: ONE_DAY_MS },
  '--exit-code': { minimum: 0, maximum: 255 },
  '--spawn-children': { minimum: 0, maximum: 100 },
  '--flood': { minimum: 0, maximum: 10_000_000 },
  '--heartbeat-ms': { minimum: 0, maximum: ONE_DAY_MS },
  '--token-ms': { minimum: 0, maximum: 60_000 },
  // Only between the server and its children.
  '--child-of': { minimum: 1, maximum: 2 ** 32 },
}
const TEXTS = ['--host', '--text']
const FLAGS = ['--ignore-sigterm']

/** Reads `--name value` and `--name=value`. Everything unknown, repeated or out of range is an error that says so. */
export function parseDemoArgs(argv: readonly string[]): ParsedDemoArgs {
  const given = new Map<string, string>()
  for (let index = 0; index < argv.length; index += 1) {
    const [name, attached] = splitArgument(argv[index] ?? '')
    if (given.has(name)) {
      return failure(`${name} is given twice; keep one`)
    }
    if (FLAGS.includes(name)) {
      if (attached !== undefined) {
        return failure(`${name} takes no value, got "${attached}"`)
      }
      given.set(name, '')
    } else if (TEXTS.includes(name) || Object.hasOwn(NUMBERS, name)) {
      const next = argv[index + 1]
      const value = attached ?? (next?.startsWith('--') === true ? undefined : next)
      if (value === undefined || value === '') {
        return failure(`${name} needs a value`)
      }
      if (attached === undefined) {
        index += 1
      }
      given.set(name, value)
    } else {
      const known = [...TEXTS, ...Object.keys(NUMBERS), ...FLAGS].filter((option) => option !== '--child-of').sort()
      return failure(`unknown option "${name}"; known are ${known.join(', ')}`)
    }
  }
  return toOptions(given)
}

function splitArgument(argument: string): [string, string | undefined] {
  const equals = argument.startsWith('--') ? argument.indexOf('=') : -1
  return equals === -1 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)]
}

function toOptions(given: ReadonlyMap<string, string>): ParsedDemoArgs {
  for (const [name, { minimum, maximum }] of Object.entries(NUMBERS)) {
    const value = given.get(name)
    if (value !== undefined && !(/^\d+$/.test(value) && Number(value) >= minimum && Number(value) <= maximum)) {
      return failure(`${name}: expected a whole number from ${minimum} to ${maximum}, got "${value}"`)
    }
  }
  const host = given.get('--host') ?? '127.0.0.1'
  if (/[\s/]|^\[/.test(host)) {
    return failure(`--host: expected a host name or an IP address, got "${host}"`)
  }
  if (given.has('--exit-code') && !given.has('--crash-after-ms')) {
    return failure('--exit-code is the exit code of a crash; give --crash-after-ms as well')
  }
  const number = (name: string, otherwise: number) => Number(given.get(name) ?? otherwise)
  return {
    ok: true,
    options: {
      host,
      port: number('--port', 11_555),
      loadMs: number('--load-ms', 0),
      crashAfterMs: given.has('--crash-after-ms') ? number('--crash-after-ms', 0) : null,
      exitCode: number('--exit-code', 1),
      ignoreSigterm: given.has('--ignore-sigterm'),
      spawnChildren: number('--spawn-children', 0),
      flood: number('--flood', 0),
      heartbeatMs: number('--heartbeat-ms', 0),
      tokenMs: number('--token-ms', 15),
      text: given.get('--text') ?? null,
      childOf: given.has('--child-of') ? number('--child-of', 0) : null,
    },
  }
}

function failure(message: string): ParsedDemoArgs {
  return { ok: false, message }
}

/** The flag that makes the app's executable the demo server (DESIGN.md, D12). */
export const DEMO_SERVER_FLAG = '--agentos-demo-server'

/** The flag that makes it the guard of paused processes (Windows), with the address of who asks for it. */
export const PAUSE_GUARD_FLAG = '--agentos-pause-guard='

export interface CommandLine {
  /** Arguments of the demo server, if this process is to be it; otherwise null. */
  readonly demoServer: readonly string[] | null
  /** Whom this process is to guard paused processes for; otherwise null. */
  readonly pauseGuard: string | null
  /** Start in the tray, without a window. */
  readonly hidden: boolean
  /** Print each service's state changes to stdout, for a terminal without a display. */
  readonly printEvents: boolean
  /** Services to start, by key: `--start=demo:server`. */
  readonly start: readonly string[]
}

const START = '--start='

/** What follows this prefix, in each argument that begins with it. */
const valuesOf = (argv: readonly string[], prefix: string) =>
  argv.filter((argument) => argument.startsWith(prefix)).map((argument) => argument.slice(prefix.length))

/** @param argv `process.argv`; what is not ours (Chromium's switches, the app's folder) is left alone. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const demoAt = argv.indexOf(DEMO_SERVER_FLAG)
  return {
    demoServer: demoAt === -1 ? null : argv.slice(demoAt + 1),
    pauseGuard: valuesOf(argv, PAUSE_GUARD_FLAG)[0] ?? null,
    hidden: argv.includes('--hidden'),
    printEvents: argv.includes('--print-events'),
    start: valuesOf(argv, START),
  }
}

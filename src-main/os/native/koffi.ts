import type Koffi from 'koffi'

/** Set to any value to do without koffi, as where it cannot be loaded. For tests, and for people whom it fails. */
export const NO_KOFFI = 'AGENTOS_NO_KOFFI'

let loading: Promise<typeof Koffi | null> | undefined
let problem: string | null = null

/**
 * The library for calls into the operating system (docs/decisions/0012-native-spawn.md), or null where it cannot be
 * loaded: then everything goes on through Node's own functions. Loaded at the first use; that takes some 10 ms once.
 */
export function loadKoffi(): Promise<typeof Koffi | null> {
  loading ??= process.env[NO_KOFFI] === undefined ? importKoffi() : switchedOff()
  return loading
}

/**
 * What is worse because native calls are not to be had, in words for people; null if nothing is, or if nothing has
 * needed them yet. Only on Windows: elsewhere people would not notice.
 */
export function nativeProblem(platform: NodeJS.Platform = process.platform): string | null {
  if (problem === null || platform !== 'win32') return null
  return (
    `Calls into Windows are not possible (${problem}). The app works without, but worse: each look at processes takes ` +
    'a third of a second, a service that starts programs may make console windows appear, services are ended by force ' +
    'instead of being asked, and a few lines of a log can be lost when it is rotated. A virus scanner may have removed ' +
    'a file of this app; installing the app again brings it back.'
  )
}

/** Notes that what was loaded cannot be used, for {@link nativeProblem}. The first reason is kept. */
export function noteNativeProblem(reason: unknown): void {
  problem ??= reason instanceof Error ? reason.message : String(reason)
}

async function switchedOff(): Promise<null> {
  noteNativeProblem(`${NO_KOFFI} is set`)
  return null
}

async function importKoffi(): Promise<typeof Koffi | null> {
  try {
    return (await import('koffi')).default
  } catch (error) {
    noteNativeProblem(error) // No binary for this system, or one that its security settings refuse.
    return null
  }
}

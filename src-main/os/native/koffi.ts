import type Koffi from 'koffi'

/** Set to any value to do without koffi, as where it cannot be loaded. For tests, and for people whom it fails. */
export const NO_KOFFI = 'AGENTOS_NO_KOFFI'

let loading: Promise<typeof Koffi | null> | undefined

/**
 * The library for calls into the operating system (docs/decisions/0012-native-spawn.md), or null where it cannot be
 * loaded: then everything goes on through Node's own functions. Loaded at the first use; that takes some 10 ms once.
 */
export function loadKoffi(): Promise<typeof Koffi | null> {
  loading ??= process.env[NO_KOFFI] === undefined ? importKoffi() : Promise.resolve(null)
  return loading
}

async function importKoffi(): Promise<typeof Koffi | null> {
  try {
    return (await import('koffi')).default
  } catch {
    return null // No binary for this system, or one that its security settings refuse.
  }
}

import { win32 } from 'node:path'
import type KoffiModule from 'koffi'
import type { LibraryHandle } from 'koffi'
import { loadKoffi, noteNativeProblem } from '../koffi.ts'

export type Koffi = typeof KoffiModule

/** A HANDLE or any other pointer: koffi gives and takes them as whole numbers. */
export type Handle = bigint

/** The system's libraries, and what reads and writes their structures. */
export interface Win32 {
  readonly koffi: Koffi
  readonly kernel32: LibraryHandle
  /**
   * A library of System32, by its whole path: no folder of a person's is searched for it.
   *
   * @throws Error if there is none, or it cannot be loaded
   */
  library(name: string): LibraryHandle
  /** GetLastError of the last call on this thread. koffi keeps it apart from what Node and V8 do in between. */
  lastError(): number
}

/** INVALID_HANDLE_VALUE. */
export const INVALID_HANDLE: Handle = 0xffff_ffff_ffff_ffffn

/** The layouts of structures in this folder are those of 64 bits. */
const ARCHITECTURES: ReadonlySet<string> = new Set(['x64', 'arm64'])

let loading: Promise<Win32 | null> | undefined

/** Null where this is not Windows of 64 bits, or koffi cannot be loaded: then Node's own functions have to do. */
export function loadWin32(): Promise<Win32 | null> {
  const isSupported = process.platform === 'win32' && ARCHITECTURES.has(process.arch)
  loading ??= isSupported ? bind() : Promise.resolve(null)
  return loading
}

async function bind(): Promise<Win32 | null> {
  const koffi = await loadKoffi()
  if (koffi === null) return null
  const system32 = win32.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32')
  const library = (name: string) => koffi.load(win32.join(system32, name))
  try {
    const kernel32 = library('kernel32.dll')
    const lastError = kernel32.func('uint32_t __stdcall GetLastError()')
    return { koffi, kernel32, library, lastError: () => lastError() as number }
  } catch (error) {
    noteNativeProblem(error) // No Windows that this app knows.
    return null
  }
}

/** What `make` makes of the system's calls; null where they are not to be had, or one that it needs is missing, which is noted. */
export async function bindWin32<T>(make: (win32: Win32) => T): Promise<T | null> {
  const calls = await loadWin32()
  if (calls === null) return null
  try {
    return make(calls)
  } catch (error) {
    noteNativeProblem(error)
    return null
  }
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { systemErrorCode } from './process-error.ts'

const QUERY = ['--query-compute-apps=pid,used_gpu_memory', '--format=csv,noheader,nounits']
const TIMEOUT_MS = 2_000
/** The program takes a tenth of a second to several, and wakes a sleeping card. */
const INTERVAL_MS = 5_000
const MIB = 1024 * 1024

/**
 * Parses lines of `4711, 10240` (pid, MiB), one per process and card. What the driver does not tell (`[N/A]` on Windows
 * desktops, `[Insufficient Permissions]`) is left out.
 */
export function parseComputeApps(text: string): Map<number, number> {
  const bytes = new Map<number, number>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(\d+)\s*,\s*(\d+)\s*$/.exec(line)
    if (match === null) continue
    const pid = Number(match[1])
    bytes.set(pid, (bytes.get(pid) ?? 0) + Number(match[2]) * MIB)
  }
  return bytes
}

/** Output of one query; null if it failed this time. Throws the system's error if there is no such program. */
export type AskDriver = () => Promise<string | null>

/** By its full path on Windows, where the current directory would be searched first. @throws ENOENT if it is not there */
function nvidiaSmi(): string {
  if (process.platform !== 'win32') return 'nvidia-smi'
  const program = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'nvidia-smi.exe')
  // What is not there would be handed to cmd.exe, which takes its time to say so.
  if (!existsSync(program)) throw Object.assign(new Error(`there is no ${program}`), { code: 'ENOENT' })
  return program
}

async function askNvidiaSmi(): Promise<string | null> {
  const program = nvidiaSmi()
  const result = await execa(program, QUERY, { reject: false, timeout: TIMEOUT_MS, windowsHide: true, stdin: 'ignore' })
  if (result.failed && 'cause' in result && systemErrorCode(result.cause) === 'ENOENT') throw result.cause
  return result.failed ? null : result.stdout
}

/**
 * GPU memory per process, of NVIDIA cards, whose driver comes with a program that tells. Asked in the background and at
 * most every five seconds: nobody waits for it. Where there is no such program it is not looked for again.
 */
export class GpuMemory {
  readonly #ask: AskDriver
  readonly #now: () => number
  #isAbsent = false
  #isAsking = false
  #askedAt = Number.NEGATIVE_INFINITY
  #latest: ReadonlyMap<number, number> | null = null

  constructor(ask: AskDriver = askNvidiaSmi, now: () => number = () => performance.now()) {
    this.#ask = ask
    this.#now = now
  }

  /** Bytes by pid as of the last answer, null while there is none; asks again if that is old. */
  latest(): ReadonlyMap<number, number> | null {
    if (!this.#isAbsent && !this.#isAsking && this.#now() - this.#askedAt >= INTERVAL_MS) void this.#refresh()
    return this.#latest
  }

  async #refresh(): Promise<void> {
    this.#isAsking = true
    this.#askedAt = this.#now()
    try {
      const text = await this.#ask()
      this.#latest = text === null ? null : parseComputeApps(text)
    } catch {
      this.#isAbsent = true
    }
    this.#isAsking = false
  }
}

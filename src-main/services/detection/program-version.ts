import { promises as fsp } from 'node:fs'
import { homedir } from 'node:os'
import { runBriefly } from '../../os/run-briefly.ts'
import type { Program } from '../find-binary.ts'
import type { Preset } from '../presets/preset.ts'
import { expandTemplate } from '../template.ts'

const TIMEOUT_MS = 10_000
const MAX_OUTPUT_BYTES = 64 * 1024

/** A number with at least one dot, and what may follow it: `0.9.3`, `1.2.0-rc1`, `4.1.1+cu128`. */
const NUMBER = String.raw`\d{1,9}(?:\.\d{1,9})+(?:[-+.][0-9A-Za-z.-]{1,40})?`
/** The surest first: what a program prints before it, about its GPU for example, has numbers too. */
const PATTERNS = [
  // Ollama names the server's version before its own, if they differ.
  new RegExp(String.raw`\bclient version is v?(${NUMBER})`, 'i'),
  new RegExp(`^version:? v?(${NUMBER})`, 'im'),
  new RegExp(String.raw`\bversion(?: is|:)? v?(${NUMBER})`, 'i'),
  new RegExp(String.raw`\bv?(${NUMBER})`),
]
/** llama.cpp had only a build number for long: `version: 5904 (8f22dc0a)`. */
const BUILD = /^version: (\d{1,9}) \(/m

/** The version in what a program prints when it is asked for it; null if there is none. */
export function parseVersion(output: string): string | null {
  const build = BUILD.exec(output)
  if (build !== null) return `b${build[1]}`
  for (const pattern of PATTERNS) {
    const match = pattern.exec(output)
    if (match?.[1] !== undefined) return match[1]
  }
  return null
}

export interface VersionOptions {
  /** Default: 10 s. */
  readonly timeoutMs?: number
}

/**
 * Versions of programs, as they tell themselves. Each file is run once: again only if it is another one by size or time
 * of change.
 */
export class ProgramVersions {
  readonly #timeoutMs: number
  readonly #known = new Map<string, { readonly stamp: string; readonly version: Promise<string | null> }>()

  constructor({ timeoutMs = TIMEOUT_MS }: VersionOptions = {}) {
    this.#timeoutMs = timeoutMs
  }

  /**
   * @param env what the program gets, and the preset's own variables on top of it
   * @returns null if the preset has no safe way to ask, or the program does not tell
   */
  async versionOf(
    program: Program,
    preset: Preset,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<string | null> {
    if (preset.versionArgs === null) return null
    const stamp = await stampOf(program.command)
    if (stamp === null) return null
    const known = this.#known.get(program.command)
    if (known?.stamp === stamp) return known.version
    const version = this.#ask(program, preset, preset.versionArgs, env)
    this.#known.set(program.command, { stamp, version })
    return version
  }

  async #ask(
    program: Program,
    { env: presetEnv, defaultPort }: Preset,
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<string | null> {
    // With the preset's address, so that a program that asks its server (Ollama) never asks one on another machine.
    const address = { host: '127.0.0.1', port: defaultPort }
    const own = Object.entries(presetEnv).map(([name, value]) => [name, expandTemplate(value, address)])
    try {
      const { exit, stdout, stderr } = await runBriefly({
        command: [program.command, ...program.args, ...args],
        cwd: homedir(),
        env: { ...env, ...program.env, ...Object.fromEntries(own) },
        timeoutMs: this.#timeoutMs,
        maxOutputBytes: MAX_OUTPUT_BYTES,
      })
      return exit?.code === 0 ? parseVersion(`${stdout}\n${stderr}`) : null
    } catch {
      return null // Not a program of this system, for example. It is installed all the same.
    }
  }
}

/** What changes when the file is replaced; null if it is gone. */
async function stampOf(file: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await fsp.stat(file)
    return `${size} ${mtimeMs}`
  } catch {
    return null
  }
}

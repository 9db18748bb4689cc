import { accessSync, constants, promises as fsp, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { Failure } from '../core/failure.ts'
import { forPlatform, type Preset } from './presets/preset.ts'

/** What to start: the service's own arguments follow `args`, its variables win over `env`. */
export interface Program {
  /** Absolute path. */
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export type ProgramResult =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly failure: Failure }

export interface ProgramSources {
  /** Programs that are part of the app, by their binName. They are found before anything on disk. */
  readonly builtIn?: Readonly<Record<string, Program>>
  /** The environment the service will get: its PATH is searched. Default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly platform?: NodeJS.Platform
  readonly home?: string
  /** Whether a file is there and may be executed; for tests of other platforms. */
  readonly isProgram?: (file: string) => Promise<boolean> | boolean
}

/** What CreateProcess can run; PATHEXT also lists scripts that need an interpreter. */
const WINDOWS_EXTENSIONS = ['.com', '.exe', '.bat', '.cmd']

/** Directories of PATH a message lists before it only counts them. */
const LISTED_DIRECTORIES = 8

/**
 * Finds the program of a service: built in, an absolute path, a name in PATH, or where the preset's installers put it.
 * The current directory is never searched. Fails with `binary-not-found` and says where it looked.
 */
export async function resolveProgram(
  binName: string,
  preset: Preset | undefined,
  sources: ProgramSources = {},
): Promise<ProgramResult> {
  const { builtIn = {}, platform = process.platform } = sources
  const ownProgram = Object.hasOwn(builtIn, binName) ? builtIn[binName] : undefined
  if (ownProgram !== undefined) {
    return { ok: true, program: ownProgram }
  }
  const flavour = platform === 'win32' ? path.win32 : path.posix
  if (isFullPath(binName, flavour)) {
    // At once: this file is going to be executed, which waits for its disk anyway, and a restart must not take long.
    const { isProgram = isExecutableFileSync } = sources
    return (await isProgram(binName)) ? found(binName) : notAt(binName, platform)
  }
  if (flavour.basename(binName) !== binName) {
    return notFound(
      `expected the name of a program or an absolute path, got "${binName}"`,
      'Write the whole path as "binName"; neither ~ nor a relative path is understood.',
    )
  }
  const { isProgram = isExecutableFile } = sources
  const known = preset === undefined ? [] : forPlatform(preset.binNames, platform)
  const ours = known.includes(binName)
  const names = ours ? [binName, ...known.filter((name) => name !== binName)] : [binName]
  const directories = searchPath(sources, flavour)
  const locations = ours && preset !== undefined ? knownLocations(preset, sources) : []
  const candidates = names.flatMap((name) =>
    directories.flatMap((directory) => fileNames(name, platform, sources).map((file) => flavour.join(directory, file))),
  )
  for (const candidate of [...candidates, ...locations]) {
    if (await isProgram(candidate)) {
      return found(candidate)
    }
  }
  return notInPath(names, directories, locations, preset)
}

function found(command: string): ProgramResult {
  return { ok: true, program: { command, args: [] } }
}

function notFound(message: string, hint: string): ProgramResult {
  return { ok: false, failure: { code: 'binary-not-found', message, hint } }
}

function notAt(file: string, platform: NodeJS.Platform): ProgramResult {
  const kind = platform === 'win32' ? 'a program' : 'an executable file'
  const hint = platform === 'win32' ? '' : ', or make it executable (chmod +x)'
  return notFound(`expected ${kind} at "${file}", found none`, `Correct "binName" in services.json${hint}.`)
}

function notInPath(
  names: readonly string[],
  directories: readonly string[],
  locations: readonly string[],
  preset: Preset | undefined,
): ProgramResult {
  const listed = directories.slice(0, LISTED_DIRECTORIES).join(', ')
  const rest = directories.length > LISTED_DIRECTORIES ? ` and ${directories.length - LISTED_DIRECTORIES} more` : ''
  const inPath = directories.length === 0 ? 'PATH (it is empty)' : `PATH (${listed}${rest})`
  const elsewhere = locations.length === 0 ? '' : ` and at ${locations.join(', ')}`
  const wanted = names.map((name) => `"${name}"`).join(' or ')
  const docs = preset?.docsUrl == null ? 'Install it' : `Install ${preset.title} (${preset.docsUrl})`
  return notFound(
    `the program ${wanted} was not found in ${inPath}${elsewhere}`,
    `${docs}, or give its absolute path as "binName" in services.json.`,
  )
}

/** True for a path that depends on nothing: on Windows "\models" still depends on the current drive. */
function isFullPath(name: string, flavour: path.PlatformPath): boolean {
  return flavour.isAbsolute(name) && !(flavour === path.win32 && flavour.parse(name).root.length === 1)
}

/** The directories of PATH; empty and relative ones mean the current directory and are left out. */
function searchPath({ env = process.env }: ProgramSources, flavour: path.PlatformPath): string[] {
  const directories = variable(env, 'PATH', flavour === path.win32)
    .split(flavour.delimiter)
    .map((directory) => (flavour === path.win32 ? directory.replaceAll('"', '') : directory))
    .filter((directory) => isFullPath(directory, flavour))
  return [...new Set(directories)]
}

function fileNames(name: string, platform: NodeJS.Platform, { env = process.env }: ProgramSources): string[] {
  if (platform !== 'win32') {
    return [name]
  }
  const listed = variable(env, 'PATHEXT', true).toLowerCase().split(';')
  const usable = listed.filter((extension) => WINDOWS_EXTENSIONS.includes(extension))
  const extensions = usable.length === 0 ? WINDOWS_EXTENSIONS : usable
  const withExtension = extensions.map((extension) => `${name}${extension}`)
  return extensions.includes(path.win32.extname(name).toLowerCase()) ? [name, ...withExtension] : withExtension
}

function knownLocations(preset: Preset, sources: ProgramSources): string[] {
  const { env = process.env, platform = process.platform, home = homedir() } = sources
  return forPlatform(preset.locations, platform).flatMap((location) => {
    let complete = true
    const file = location
      .replace(/^~(?=\/)/, () => home)
      .replaceAll(/%([^%]+)%/g, (_match, name: string) => {
        const value = variable(env, name, platform === 'win32')
        complete &&= value !== ''
        return value
      })
    return complete ? [file] : []
  })
}

/** The value of an environment variable, empty if it is not set. Windows spells PATH in any case. */
function variable(env: Readonly<Record<string, string | undefined>>, name: string, anyCase: boolean): string {
  const key = anyCase ? Object.keys(env).find((candidate) => candidate.toLowerCase() === name.toLowerCase()) : name
  return key === undefined ? '' : (env[key] ?? '')
}

function isExecutableFileSync(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false // As below.
  }
}

async function isExecutableFile(file: string): Promise<boolean> {
  try {
    const info = await fsp.stat(file)
    await fsp.access(file, constants.X_OK)
    return info.isFile()
  } catch {
    // Whatever stands in the way, this file cannot be started; the caller says where it looked.
    return false
  }
}

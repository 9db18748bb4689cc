import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

/** The systems this app runs on, in the words of AgentOS. */
export type Platform = 'linux' | 'macos' | 'windows'

export interface DirectorySource {
  readonly platform?: NodeJS.Platform
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly home?: string
}

/** @throws Error on a system this app does not support. */
export function getPlatform(platform: NodeJS.Platform = process.platform): Platform {
  if (platform === 'win32') return 'windows'
  if (platform === 'darwin') return 'macos'
  if (platform === 'linux') return 'linux'
  throw new Error(`expected linux, darwin or win32 as the operating system, got ${platform}`)
}

/**
 * Root of everything this app keeps: `AGENTOS_HOME` if set, else `%APPDATA%\agentos` on Windows and `~/.agentos`
 * elsewhere.
 *
 * @throws Error if `AGENTOS_HOME` is not absolute: a relative one would move with the working directory.
 */
function getRoot({ platform = process.platform, env = process.env, home = homedir() }: DirectorySource): string {
  const path = platform === 'win32' ? win32 : posix
  const override = env.AGENTOS_HOME
  if (override !== undefined && override !== '') {
    if (!path.isAbsolute(override)) throw new Error(`expected an absolute path in AGENTOS_HOME, got "${override}"`)
    return path.normalize(override)
  }
  if (platform === 'win32') return path.join(env.APPDATA || path.join(home, 'AppData', 'Roaming'), 'agentos')
  return path.join(home, '.agentos')
}

function directory(name: string, source: DirectorySource): string {
  return ((source.platform ?? process.platform) === 'win32' ? win32 : posix).join(getRoot(source), name)
}

/** Where PID files live. Not created here. */
export const getRunDir = (source: DirectorySource = {}): string => directory('run', source)

/** Where the services' output lives. Not created here. */
export const getLogDir = (source: DirectorySource = {}): string => directory('log', source)

/** Where services.json and settings.json live. Not created here. */
export const getConfigDir = (source: DirectorySource = {}): string => directory('config', source)

import type { HealthEntry } from '../../core/health-config.ts'

/** A value per platform; `other` is for every platform that is not named. */
export interface PerPlatform<T> {
  readonly win32?: T
  readonly darwin?: T
  readonly other: T
}

/** What a preset says about the stop; the rest comes from the defaults. */
export interface PresetStop {
  readonly signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP'
  /** A second signal makes the server give up waiting for its clients: it is sent half-way through the grace period. */
  readonly secondSignalHalfWay?: boolean
}

/** In a preset's `args`: the entry's own arguments come here; without it they come last. */
export const EXTRA_ARGS = '{extraArgs}'

/**
 * A known model server, as data (DESIGN.md, D9). Adding one is adding a file and a line in presets.ts.
 *
 * `{host}` and `{port}` are replaced in `args` and `env`. Host and port are always passed explicitly, since the default
 * port of a server may change with its next version.
 */
export interface Preset {
  /** What an entry of services.json gives as its "preset". */
  readonly id: string
  readonly title: string
  /** Programs it is known under, the usual one first; empty if the entry has to name it. */
  readonly binNames: PerPlatform<readonly string[]>
  /**
   * Where installers put the program besides PATH: whole file names. `~` is the home directory, `%NAME%` an environment
   * variable; a location whose variable is not set is skipped.
   */
  readonly locations: PerPlatform<readonly string[]>
  /** What only the entry can say, in words that follow "needs": an entry without it is refused. */
  readonly needs?: { readonly binName: string; readonly cwd?: string }
  /** Further arguments that change where the server listens, for an entry as wrong as those that the preset passes. */
  readonly addressFlags?: readonly string[]
  /** The only address that the server is started on: it cannot be told another one reliably. */
  readonly onlyHost?: string
  /** Null: the server has no port unless the entry gives one. */
  readonly defaultPort: number | null
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** In the words of "health" in services.json; the rest comes from its defaults. */
  readonly health: HealthEntry
  readonly stop?: PresetStop
  /** The server may restart itself under a new pid (ComfyUI with its manager). Default: false. */
  readonly followsRestart?: boolean
  /** The console event that ends the server politely on Windows; `ctrl-break` unless it handles only the other. */
  readonly windowsStop: 'ctrl-break' | 'ctrl-c'
  readonly docsUrl: string | null
  /** The entry written on the first run, if the program is found (or built in); null: none. */
  readonly firstRun: { readonly key: string; readonly name: string } | null
}

/** Picks the value for a platform. */
export function forPlatform<T>(values: PerPlatform<T>, platform: NodeJS.Platform): T {
  if (platform === 'win32') {
    return values.win32 ?? values.other
  }
  return platform === 'darwin' ? (values.darwin ?? values.other) : values.other
}

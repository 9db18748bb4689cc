import type { CommandControl } from '../../core/command-control.ts'
import type { HealthEntry } from '../../core/health-config.ts'
import type { ModelsApi } from '../models/models-api.ts'

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

/**
 * A choice that the guided flow offers. It becomes arguments or environment of the entry, so that the entry says all.
 * `gguf`: a model file, chosen from those found or by a dialog.
 */
export interface PresetOption {
  readonly id: string
  readonly label: string
  /** One sentence. */
  readonly help: string
  readonly kind: 'gguf' | 'file' | 'folder' | 'text' | 'number' | 'switch'
  readonly placeholder?: string
  /** Default: false. */
  readonly isRequired?: boolean
  /** Arguments that it adds; `{value}` is replaced. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/**
 * An endpoint that only this server answers in this way: other servers imitate the APIs of Ollama and OpenAI. It is asked
 * with GET and without a key.
 */
export interface Identification {
  readonly path: string
  /** What it says: a part of the body. */
  readonly expectBody?: string
  /** Fields that its JSON has, by their path (`a.b`); a value has to be equal, null: any value. */
  readonly expectJson?: Readonly<Record<string, string | number | boolean | null>>
  /** Response headers that it has, by name in lower case; a part of the value. */
  readonly expectHeader?: Readonly<Record<string, string>>
  /** Where to ask for the version: path and field, of the same answer or of another. */
  readonly version?: { readonly path: string; readonly field: string }
  /**
   * Ids of presets whose identification this server may answer too, because it imitates them: where both fit, it is this
   * one.
   */
  readonly imitates?: readonly string[]
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
  /** Where it listens if it is not told: the server's own defaults, old ones too, as far as `defaultPort` is another. */
  readonly otherPorts?: readonly number[]
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
  /** One sentence for a person who chooses: what it is for. */
  readonly about: string
  /** Arguments that make the program print its version and end, without any other effect; null: there are none. */
  readonly versionArgs: readonly string[] | null
  /** Null: nothing tells it from others. */
  readonly identification: Identification | null
  readonly options: readonly PresetOption[]
  /** The environment variable in which the server expects its API key; null: it has none. */
  readonly keyVariable: string | null
  /** Processes that it usually starts itself: for people to recognise them by, never to signal. */
  readonly childNames: readonly string[]
  /** What surprises people in its output; null: nothing. */
  readonly logNote: string | null
  /** What to open in a browser. Default: `/`. */
  readonly openPath?: string
  /** Path below which its OpenAI-compatible API lies, e.g. `/v1`; null: it has none. */
  readonly openAiPath: string | null
  /** How its models are listed, loaded and unloaded; null: it cannot tell. */
  readonly models: ModelsApi | null
  /**
   * For a server that cannot be owned (DESIGN.md, D9): it is started, asked after and stopped by commands that return at
   * once, and is never signalled. `{host}` and `{port}` are replaced in them; `start` takes the place of `args`, and the
   * entry's own arguments come last in it, or at `EXTRA_ARGS`. Default: by its process.
   */
  readonly control?: CommandControl
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

/** What a known server is, for the person who sets one up. */
export interface PresetView {
  readonly id: string
  readonly title: string
  /** One sentence: what it is for. */
  readonly about: string
  readonly docsUrl: string | null
  readonly defaultPort: number | null
  /** The only address it can be started on; null: any. */
  readonly onlyHost: string | null
  /** True if the app knows which program to run; otherwise the entry has to name it. */
  readonly hasProgram: boolean
  /** What the entry has to say itself, in words that follow "needs". */
  readonly needs: { readonly binName: string | null; readonly cwd: string | null }
  readonly options: readonly OptionView[]
  /** The environment variable in which the server expects its API key; null if it has none. */
  readonly keyVariable: string | null
  /** `commands`: the server is not a child of this app; it is started, watched and stopped by commands (LM Studio). */
  readonly control: 'process' | 'commands'
  readonly models: { readonly canList: boolean; readonly canLoad: boolean; readonly canUnload: boolean }
  /** It answers prompts over an OpenAI-compatible API, as far as is known. */
  readonly canTry: boolean
  /** What its output looks like where that surprises people, e.g. that normal output goes to stderr; null: nothing special. */
  readonly logNote: string | null
  /** Names of the processes it usually starts itself. */
  readonly childNames: readonly string[]
}

/** A choice of the guided flow. It becomes arguments and environment of the entry. */
export interface OptionView {
  readonly id: string
  readonly label: string
  readonly help: string
  /** `gguf`: a model file, chosen from those found or by a dialog. */
  readonly kind: 'gguf' | 'file' | 'folder' | 'text' | 'number' | 'switch'
  readonly placeholder: string
  readonly isRequired: boolean
  /** Arguments it adds; `{value}` is replaced. A switch has no value. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A program of a known server that is on this machine. */
export interface InstalledView {
  readonly preset: string
  /** Absolute path. */
  readonly program: string
  /** As the program tells; null if it does not, or has no way to without side effects. */
  readonly version: string | null
}

/** A known server that answers on this machine, whoever started it. */
export interface RunningServerView {
  readonly preset: string
  readonly host: string
  readonly port: number
  readonly version: string | null
  readonly pid: number | null
  readonly processName: string | null
  /** The service of this app that it is; null: it is external. */
  readonly key: string | null
}

export interface DetectionView {
  readonly installed: readonly InstalledView[]
  readonly running: readonly RunningServerView[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** An entry of services.json as it is written: defaults left out. Main checks it against the schema of the file. */
export interface EntryView {
  readonly key: string
  readonly name?: string
  readonly preset?: string
  readonly binName?: string
  readonly args?: { readonly host?: string; readonly port?: number; readonly extraArgs?: readonly string[] }
  readonly env?: Readonly<Record<string, string>>
  /** Variables whose values lie in the system's safe storage. */
  readonly secrets?: readonly string[]
  readonly cwd?: string
  readonly after?: readonly (string | { readonly key: string; readonly until?: 'running' | 'healthy' })[]
  readonly autoStart?: boolean
  readonly restart?: RestartView
  readonly followsRestart?: boolean
  readonly health?: HealthEntryView
  readonly stop?: StopView
  readonly log?: { readonly maxFileMegabytes?: number; readonly maxTotalMegabytes?: number }
}

export interface RestartView {
  readonly policy?: 'no' | 'on-failure' | 'always'
  readonly maxRetries?: number
  readonly initialDelaySeconds?: number
  readonly maxDelaySeconds?: number
  readonly stableAfterSeconds?: number
}

/** Which of these belong together is checked by main: see docs/services-json.md. */
export interface HealthEntryView {
  readonly type?: string
  readonly [field: string]: unknown
}

export interface StopView {
  readonly graceSeconds?: number
  readonly signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP'
  readonly secondSignalAfterSeconds?: number
  readonly command?: readonly string[]
  readonly http?: { readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; readonly path: string }
}

/** Something wrong with an entry, and where. */
export interface FieldProblemView {
  /** Relative to the entry, e.g. `['args', 'port']`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What an entry would do, before it is saved. */
export interface EntryCheck {
  /** Empty if it can be saved. */
  readonly problems: readonly FieldProblemView[]
  /** Worth knowing, but no obstacle: e.g. that it listens on all addresses without a key. */
  readonly warnings: readonly string[]
  /** The command as it would run, for people to read; null while there are problems with what it is made of. */
  readonly commandLine: string | null
  /** The program that would run; null if it was not found. */
  readonly program: string | null
  readonly port: PortCheckView | null
}

export interface PortCheckView {
  readonly port: number
  /** `ours`: another service of services.json has it. `taken`: something listens on it now. */
  readonly state: 'free' | 'taken' | 'ours' | 'forbidden'
  /** Who has it, for people to read; null if it is free. */
  readonly by: string | null
  /** The next port from this one on that is free and in no entry; null if there is none. */
  readonly nextFree: number | null
}

export interface StoredEntry {
  readonly entry: EntryView
  /** Changes with each change of the entry on disk: a form that was made from another revision does not overwrite it. */
  readonly revision: string
  /** Those of `entry.secrets` that this machine has a value of. */
  readonly storedSecrets: readonly string[]
}

/** Where secrets can be kept on this machine. */
export interface SecretsInfo {
  /** `none`: the system offers nothing safe; a value can only go into services.json, which only its owner can read. */
  readonly storage: 'system' | 'none'
  /** For people to read, e.g. `GNOME Keyring`. */
  readonly detail: string
}

/** A model file, from its own header. */
export interface GgufView {
  /** Absolute path; of the first file if it is split. */
  readonly file: string
  /** As the file says, or else its file name. */
  readonly name: string
  readonly architecture: string | null
  /** Of all its parts. */
  readonly sizeBytes: number
  /** E.g. `Q4_K_M`. */
  readonly quantisation: string | null
  /** Tokens it was trained for. */
  readonly contextLength: number | null
  readonly parts: number
  /** Why it cannot be used, e.g. a part is missing or its header is damaged; null: nothing wrong was seen. */
  readonly problem: string | null
}

export interface GgufScan {
  readonly files: readonly GgufView[]
  /** Where it was looked. */
  readonly folders: readonly string[]
  /** False if there was more than is looked at. */
  readonly isComplete: boolean
}

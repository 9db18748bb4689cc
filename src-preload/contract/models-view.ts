/** A model of a running server. */
export interface ModelView {
  /** As the server calls it; what requests name. */
  readonly id: string
  readonly state: 'unloaded' | 'loading' | 'loaded' | 'sleeping' | 'failed' | 'unknown'
  /** On disk. */
  readonly sizeBytes: number | null
  /** Memory it takes while loaded, where the server tells. */
  readonly memoryBytes: number | null
  /** Of that, on the GPU. */
  readonly vramBytes: number | null
  readonly contextLength: number | null
  /** E.g. `Q4_K_M`, `7B`: what the server tells, for people to read. */
  readonly details: readonly string[]
  /** When the server unloads it by itself, in milliseconds since the epoch; null: never, or not told. */
  readonly expiresAt: number | null
  /** It runs (partly) on the CPU although the server knows a GPU could be used: in words; null: nothing of that kind is told. */
  readonly cpuFallback: string | null
  /** Why it failed, in the server's words. */
  readonly problem: string | null
}

export interface ModelsView {
  readonly models: readonly ModelView[]
  readonly canLoad: boolean
  readonly canUnload: boolean
  /** True if `models` says only what is available, or only what is loaded, since the server tells no more: in words. */
  readonly note: string | null
}

/** A prompt's answer so far. Numbered by `tryId`; the last one has an `end`. */
export interface TryProgress {
  readonly tryId: number
  /** New text since the last event. Untrusted: to be shown as text. */
  readonly text: string
  /** Of the reasoning that some models send apart from their answer. */
  readonly reasoning: string
  /** Tokens so far: as the server counts them, else one per piece of the stream. */
  readonly tokens: number
  /** Milliseconds from the request to the first token; null before it. */
  readonly firstTokenMs: number | null
  /** Tokens per second after the first; null before there is a second. */
  readonly tokensPerSecond: number | null
  readonly end: TryEnd | null
}

export interface TryEnd {
  readonly kind: 'done' | 'stopped' | 'failed'
  /** Why the server ended, e.g. `stop` or `length`; null if it did not say. */
  readonly finishReason: string | null
  /** Why it failed, with the server's own words; null unless it did. */
  readonly problem: { readonly code: string; readonly message: string; readonly hint: string } | null
}

/** Ready to be copied. Keys are never in them: they name the environment variable. */
export interface Snippets {
  readonly baseUrl: string
  readonly curl: string
  readonly python: string
  readonly javascript: string
}

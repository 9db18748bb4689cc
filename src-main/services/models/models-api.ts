/** A model, in the words of src-preload/contract/models-view.ts. What a server does not tell is left out. */
export interface ServerModel {
  readonly id: string
  readonly state: 'unloaded' | 'loading' | 'loaded' | 'sleeping' | 'failed' | 'unknown'
  readonly sizeBytes?: number
  readonly memoryBytes?: number
  readonly vramBytes?: number
  readonly contextLength?: number
  readonly details?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
  readonly cpuFallback?: string
  readonly problem?: string
  /** The server was started with it: it is neither loaded nor unloaded on request, although others of its kind can. */
  readonly isFixed?: boolean
}

/** Asks the server: `path` with GET, or with POST if there is a body. Resolves to parsed JSON. Throws `ServerAnswerError`. */
export type AskServer = (path: string, body?: unknown) => Promise<unknown>

/** What one kind of server can tell and do about its models. Pure apart from `ask`: no clock, no state. */
export interface ModelsApi {
  list(ask: AskServer): Promise<readonly ServerModel[]>
  /** Asks for it to be loaded; `list` tells when it is. */
  readonly load?: (ask: AskServer, model: string) => Promise<void>
  readonly unload?: (ask: AskServer, model: string) => Promise<void>
  /** What `list` does not tell, in words; e.g. that downloaded models are listed, loaded or not. */
  readonly note?: string
}

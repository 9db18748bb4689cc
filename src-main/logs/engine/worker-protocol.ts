import type { LogEngine } from './log-engine.ts'
import type { LogChange } from './service-log.ts'

/** What crosses the border between the main thread and the reader thread. */

export interface LogWorkerData {
  /** The folder of all services' log folders. */
  readonly logDir: string
}

export type EngineMethod =
  | 'open'
  | 'close'
  | 'advance'
  | 'page'
  | 'rows'
  | 'find'
  | 'export'
  | 'spans'
  | 'rowsOf'
  | 'release'

export type EngineArguments<M extends EngineMethod> = Parameters<LogEngine[M]>
export type EngineResult<M extends EngineMethod> = Awaited<ReturnType<LogEngine[M]>>

/** To the worker. It is answered by a reply of the same id. */
export type EngineCall = {
  readonly [M in EngineMethod]: { readonly id: number; readonly method: M; readonly args: EngineArguments<M> }
}[EngineMethod]

/** From the worker. */
export type EngineMessage =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  // An Error that is sent as such loses its code.
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly code: string | null }
  | { readonly kind: 'change'; readonly change: LogChange }

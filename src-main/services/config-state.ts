import type { ServiceDefinition, ServiceEntry } from '../core/service-config.ts'

/** Something wrong with a file a person edits. */
export interface ConfigProblem {
  /** Absolute path. */
  readonly file: string
  /** Both 1-based; null if the problem has no place, such as an unreadable file. */
  readonly line: number | null
  readonly column: number | null
  /** What was expected, what came and what to do next. */
  readonly message: string
}

/** The services in use and what is wrong with the file as it is on disk: the two may come from different moments. */
export interface ConfigState {
  /** The entries in use, in the order of the file: those of the last good one. */
  readonly entries: readonly ServiceEntry[]
  /** The same with their presets applied, in the same order. */
  readonly definitions: readonly ServiceDefinition[]
  /** Empty if the file on disk is good, and then `entries` are its. */
  readonly problems: readonly ConfigProblem[]
}

/** The services of one good file. */
export interface Services {
  readonly entries: readonly ServiceEntry[]
  readonly definitions: readonly ServiceDefinition[]
}

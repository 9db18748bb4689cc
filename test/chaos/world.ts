import type { RestartConfig } from '../../src-main/core/service-config.ts'
import type { Bystander } from './bystanders.ts'
import type { RunMember } from './machine.ts'

/** What chaos is made of on a kind of system: its services and bystanders, and how to see what is there. */
export interface World {
  readonly isPortable: boolean
  /** Program and first arguments of a service; its behaviour follows. */
  readonly program: readonly [string, ...string[]]
  /** How services misbehave, each by the options of that program. */
  readonly behaviours: readonly Behaviour[]
  /** The polite stop on Windows; undefined: the default. */
  readonly windowsStop?: 'ctrl-c'
  /** Small, so that logs are rotated all the time. */
  readonly maxLogFileBytes: number
  /** How long the manager may take to be at rest. It only bounds a violation. */
  readonly settleMs: number
  /** So long after its start a process may not be seen yet. */
  readonly unseenMs: number
  /** All processes of services that were started for this home directory. */
  list(home: string): Promise<RunMember[]>
  startBystander(home: string, name: string): Promise<Bystander>
  /** For the end: kills everything that was started for this home directory, by pid. */
  endAll(home: string): void
}

/** How a service misbehaves, and its restart policy. */
export interface Behaviour {
  readonly name: string
  readonly options: readonly string[]
  readonly restart?: Partial<RestartConfig>
}

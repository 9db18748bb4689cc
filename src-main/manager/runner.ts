import type { ServiceDefinition } from '../core/service-config.ts'
import type { Answer, Instance, ServiceEvent, ServiceState } from '../core/state.ts'
import type { Quiesce } from '../logs/store/rotate-stream.ts'
import type { RunIntent } from '../os/run-records.ts'
import type { Attention } from './attention.ts'
import type { LaunchContext } from './launch.ts'

/** What a runner needs from the manager. */
export interface RunnerContext extends LaunchContext {
  readonly attention: Attention
  /** Called after each change of state. */
  readonly onChange: () => void
}

/** A run as others see it. */
export interface RunView {
  readonly instance: Instance
  /** As people may see it, secrets masked. */
  readonly command: readonly string[]
  /** Where it listens, whatever its service is changed to meanwhile; undefined if its record does not say. */
  readonly address: RunIntent['address']
}

/**
 * What everybody else needs of a service that can be started, watched and stopped. `ServiceRunner` controls a process of
 * this app's own, `CommandRunner` a server that only commands can control.
 */
export interface Runner {
  /** As it is started next, or was started. */
  readonly service: ServiceDefinition
  /** The service as the current run has it: where that listens is not what its definition says by now. */
  readonly serviceInEffect: ServiceDefinition
  readonly state: ServiceState
  /** The current run; null while there is none. */
  readonly run: RunView | null
  /** How to make the service stand still while its log is rotated; null while nothing of it runs, nor is about to. */
  readonly quiesce: Quiesce | null
  /** How long a stop may take, but for what has to be ended by force, in seconds. */
  readonly stopSeconds: number

  /** A changed definition counts from the next start on; how it is probed, stopped and restarted, at once. */
  redefine(service: ServiceDefinition): void
  /** Settles when the service runs or could not be started. */
  start(checkPort: boolean): Promise<Answer>
  /** As `start`, with another definition than its own until it is idle again. Does nothing more while it is not idle. */
  startAs(definition: ServiceDefinition): Promise<Answer>
  /** Settles when nothing of the service is left, or says what is. */
  stop(force: boolean): Promise<Answer>
  restart(): Promise<Answer>
  /** Tells what happened. It is processed before this returns, unless something is being processed already. */
  post(event: ServiceEvent): void

  /** Takes over what runs although no record tells of it. Asked once, when the app has started. */
  takeOver(): Promise<void>
  /** Whether what listens on the service's port may be what must never be signalled: its own server. */
  mayBeUntouchable(): Promise<boolean>
  /** Lets go of everything without ending the instance: it goes on and can be adopted. */
  dispose(): void
}

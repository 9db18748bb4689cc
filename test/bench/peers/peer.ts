/** One service, in words that every manager has an equivalent for. It is restarted at once, for ever. */
export interface PeerService {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly autoRestart: boolean
  readonly graceMs: number
}

/** A manager that runs services. */
export interface RunningPeer {
  /** Changes when it is started again. */
  readonly pid: number
  /** Stops one service the way its users do; settles when it says it is done. */
  stop(name: string): Promise<void>
  /** Where the service's stdout is written to. */
  outputFile(name: string): string
  /** As its users would after a crash of the manager: with the same configuration, asked to run what was running. */
  startAgain(): Promise<void>
  /** Ends manager and services. */
  end(): Promise<void>
}

export interface Peer {
  readonly name: string
  /** Starts the manager and all services. It writes nothing outside `folder`. */
  start(folder: string, services: readonly PeerService[]): Promise<RunningPeer>
}

/** A peer that cannot be had here; the message says what to do. */
export class PeerMissing extends Error {
  override readonly name = 'PeerMissing'
}

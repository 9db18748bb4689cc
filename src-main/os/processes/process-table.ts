/**
 * What tells one process from any other that ever had its pid (DESIGN.md, D2). `createdAt` and `bootId` are opaque: they
 * are only ever compared with values from the same system.
 */
export interface Identity {
  readonly pid: number
  /** Creation time as the operating system reports it (Linux: clock ticks since boot, field 22 of /proc/PID/stat). */
  readonly createdAt: string
  readonly bootId: string
}

export interface ProcessEntry {
  readonly pid: number
  readonly parentPid: number
  /** Process group; 0 where the system has none (Windows). */
  readonly groupId: number
  readonly createdAt: string
  /** Short name as the system shows it. Untrusted text: a program may choose it. */
  readonly name: string
}

/** Who listens on a TCP port. `pid` and `name` are null where the system does not tell (another user's process). */
export interface PortHolder {
  readonly port: number
  readonly pid: number | null
  readonly name: string | null
}

/** A listening socket. One of family 6 may take IPv4 connections too. */
export interface Listener extends PortHolder {
  readonly family: 4 | 6
}

/**
 * What the process layer asks of an operating system. One implementation per system, all specific knowledge in it.
 * Zombies are not processes here: what only waits to be reaped holds neither memory nor ports.
 */
export interface ProcessTable {
  /** Differs after each boot of the machine. */
  bootId(): Promise<string>
  /** The entry of one process, or null if there is none. */
  find(pid: number): Promise<ProcessEntry | null>
  /**
   * All processes that can be seen. With `createdSince`, a creation time as of an entry, those created before it may be
   * missing, which spares a system the time to look at each of them. Other words, as of a process that had ended before
   * anybody could look at it, leave none out.
   */
  list(options?: { readonly createdSince?: string }): Promise<ProcessEntry[]>
  /**
   * Those of `pids` that were started with `name=value` in their environment, which descendants inherit. Processes whose
   * environment cannot be read are left out (another user's, or a system that does not show environments).
   */
  withEnvironment(pids: readonly number[], name: string, value: string): Promise<Set<number>>
  /** Listening TCP sockets on any of `ports`, one entry per port and family at most. */
  listeners(ports: ReadonlySet<number>): Promise<Listener[]>
}

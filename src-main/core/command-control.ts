import type { ProbeResult } from './health.ts'

// Servers that cannot be owned (DESIGN.md, D9): they are started, asked after and stopped by commands, and never signalled.

/** Each command is the arguments for the service's program. */
export interface CommandControl {
  readonly start: readonly string[]
  /** Prints a JSON object on stdout. */
  readonly status: readonly string[]
  /** The fields of the status that say whether it runs and on which port. It may be wrong: the port is asked too. */
  readonly statusFields: { readonly running: string; readonly port: string }
  readonly stop: readonly string[]
}

/** What the status command said. `port` is null if it did not say. */
export interface ServerStatus {
  readonly running: boolean
  readonly port: number | null
}

/**
 * Who was met at the service's port: the server `itself`, told by an answer that only it gives; `somebody` who answers and
 * does not say who it is; an `other` program, which answers differently; somebody `silent`; or `nobody`.
 */
export type Sighting = 'itself' | 'somebody' | 'other' | 'silent' | 'nobody'

/** Where the server is, as far as port and status tell: on its port, on another one, or nowhere. */
export type Whereabouts = 'here' | 'elsewhere' | 'absent'

/** How often a status that contradicts a dead port is asked again before the port is believed. */
const MAX_DOUBTS = 3

/** What the status command printed; null if nothing in it can be understood. What stands around the JSON is ignored. */
export function readServerStatus(text: string, fields: CommandControl['statusFields']): ServerStatus | null {
  try {
    const status: unknown = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
    if (typeof status !== 'object' || status === null) return null
    const values = new Map<string, unknown>(Object.entries(status))
    const running = values.get(fields.running)
    const port = values.get(fields.port)
    if (typeof running !== 'boolean') return null
    return { running, port: typeof port === 'number' && Number.isInteger(port) ? port : null }
  } catch {
    return null
  }
}

/** @param result of a probe of the port by HTTP or TCP */
export function sightingOf({ outcome, who }: ProbeResult): Sighting {
  if (outcome === 'unreachable') return 'nobody'
  return who ?? (outcome === 'failed' ? 'silent' : 'somebody')
}

/**
 * Where the server is. An answer that only it gives counts more than its status, which may be wrong; so does a port that
 * nobody listens on.
 *
 * @param status null if it is not known
 */
export function whereabouts(sighting: Sighting, status: ServerStatus | null, port: number): Whereabouts {
  if (sighting === 'itself') return 'here'
  if (status === null || !status.running) return 'absent'
  if (status.port !== null && status.port !== port) return 'elsewhere'
  return sighting === 'somebody' || sighting === 'silent' ? 'here' : 'absent'
}

/**
 * Whether a server that has run and whose port is dead by now has ended. `stopped`: its status says so too; whether
 * somebody stopped it, or quit its app, or it crashed cannot be told, and a stop must not be undone. `crashed`: the status
 * cannot be had, or keeps saying that it runs.
 *
 * @param doubts how often this was asked before, in a row
 */
export function judgeEnd(
  status: ServerStatus | null,
  port: number,
  doubts: number,
): 'stopped' | 'crashed' | 'in-doubt' {
  if (status !== null && !isSaidHere(status, port)) return 'stopped'
  return doubts + 1 >= MAX_DOUBTS ? 'crashed' : 'in-doubt'
}

/** Whether the status says that the server runs on this port. */
export function isSaidHere(status: ServerStatus | null, port: number): boolean {
  return status?.running === true && (status.port ?? port) === port
}

/**
 * Whether the stop command is needed: not if the server is not there, since the command would then stop one that
 * somebody else runs on another port. A server that was started a moment ago may not listen yet.
 *
 * @param wasReady whether it was seen to answer in this run
 */
export function needsStop(sighting: Sighting, status: ServerStatus | null, port: number, wasReady: boolean): boolean {
  if (sighting === 'itself' || isSaidHere(status, port)) return true
  if (status?.running === true || sighting === 'other') return false
  return sighting !== 'nobody' || !wasReady
}

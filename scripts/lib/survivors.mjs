/**
 * Proof that the tests leave no process behind (Linux). Every process of a run inherits a marker in its environment;
 * what still carries it after the run was forgotten by a test, or by the product.
 */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const VARIABLE = 'AGENTOS_TEST_RUN'
/** Ended processes take a moment to disappear, Electron's helpers above all. */
const GRACE_MS = 2_000
const POLL_MS = 50

/** @typedef {{env: NodeJS.ProcessEnv, entry: string}} Marker */

/** @returns {Marker} */
export function testMarker() {
  const nonce = randomUUID()
  return { env: { [VARIABLE]: nonce }, entry: `${VARIABLE}=${nonce}` }
}

/**
 * Waits a moment for the run's processes to be gone, then kills what is left.
 *
 * @param {Pick<Marker, 'entry'>} marker
 * @param {(commandLine: string) => boolean} [isOurs] false for what may be left
 * @returns {Promise<string[]>} one line for each survivor
 */
export async function endSurvivors({ entry }, isOurs = () => true) {
  if (process.platform !== 'linux') return []
  const deadline = Date.now() + GRACE_MS
  const find = () => findMarked(entry).filter(({ commandLine }) => isOurs(commandLine))
  let survivors = find()
  while (survivors.length > 0 && Date.now() < deadline) {
    await sleep(POLL_MS)
    survivors = find()
  }
  const lines = survivors.map(({ pid, commandLine }) => `process left behind by the tests: pid ${pid}, ${commandLine}`)
  // Again and again: one that is about to fork may leave a child between the look and the kill.
  for (let round = 0; round < 10 && survivors.length > 0; round += 1) {
    for (const { pid } of survivors) kill(pid)
    await sleep(POLL_MS)
    survivors = find()
  }
  return lines
}

/** The marker's nonce is this run's own, so whoever carries it was started by this run. */
function findMarked(entry) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(entry))
    .map((pid) => ({ pid: Number(pid), commandLine: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
}

/** Empty for what is gone, a zombie, or another user's. */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone by itself meanwhile.
  }
}

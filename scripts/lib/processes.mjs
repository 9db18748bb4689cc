/**
 * Starting other programs so that none of them outlives this script.
 *
 * Every child leads its own session. A Ctrl-C in the terminal therefore reaches only this script (npm passes on a
 * second copy), which hands each signal on exactly once and then waits for the child's clean end. If this script is
 * killed outright, the kernel sends the children SIGTERM where `setpriv` can arrange that (Linux).
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { SetupError, say } from './say.mjs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** npm and the terminal both deliver one Ctrl-C; two of a kind this close together are one. */
const SAME_SIGNAL_MS = 500
const PARENT_POLL_MS = 300
const SETPRIV = '/usr/bin/setpriv'
const canDieWithParent = process.platform === 'linux' && existsSync(SETPRIV)

/** @typedef {{signal: (name: NodeJS.Signals) => void}} Job */
/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
/** @type {Set<Job>} */
const jobs = new Set()
/** @type {NodeJS.Signals | undefined} */
let interruptedBy
let lastSignalAt = 0
let signalCount = 0

/** Thrown instead of starting, or going on with, work after a signal. */
export class Interrupted extends Error {
  name = 'Interrupted'
}

/** 128 + signal number, as shells report it. */
export function exitCodeOfInterruption() {
  return interruptedBy ? 128 + constants.signals[interruptedBy] : 1
}

export function wasInterrupted() {
  return interruptedBy !== undefined
}

for (const name of SIGNALS) process.on(name, () => interrupt(name))
if (process.env.npm_lifecycle_event) {
  // The shell between npm and this script dies of a signal without passing it on, and Node cannot ask the kernel to
  // be told; so look now and then whether the parent is still there.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    interrupt('SIGTERM')
  }, PARENT_POLL_MS).unref()
}
process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM')
})

function interrupt(name) {
  const now = Date.now()
  if (interruptedBy === name && now - lastSignalAt < SAME_SIGNAL_MS) return
  interruptedBy = name
  lastSignalAt = now
  signalCount += 1
  if (signalCount > 2) say('Third signal: ending it by force.')
  for (const job of jobs) job.signal(signalCount > 2 ? 'SIGKILL' : name)
}

/**
 * Starts a program that ends with this script. It gets no signals from here; its owner ends it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {import('node:child_process').ChildProcess} `error` and `exit` are the caller's to handle
 */
export function spawnOwned(command, args, options) {
  const [file, argv] = canDieWithParent ? [SETPRIV, ['--pdeathsig', 'TERM', '--', command, ...args]] : [command, args]
  const child = spawn(file, argv, { detached: process.platform !== 'win32', windowsHide: true, ...options })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/**
 * Runs the command a person asked for, on their terminal, and hands on signals.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd: string, env?: NodeJS.ProcessEnv, stdin?: 'inherit' | 'ignore', output?: number, killAfterMs?: number}} options
 *   `output`: file that is open for stdout and stderr, instead of this script's; `killAfterMs`: after a signal wait only
 *   so long for a clean end
 * @returns {Promise<number>} exit code, 128 + signal number if a signal ended it
 * @throws {SetupError} when the program cannot be started
 * @throws {Interrupted} when a signal came before it was started
 */
export async function runInForeground(command, args, { cwd, env, stdin = 'inherit', output, killAfterMs }) {
  const stdio = [stdin, output ?? 'inherit', output ?? 'inherit']
  const child = spawnUnlessInterrupted(command, args, { cwd, env, stdio })
  let deadline
  const job = {
    signal(name) {
      child.kill(name)
      if (killAfterMs !== undefined) deadline ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    },
  }
  return await whileSignalled(job, () => ended(child, command)).finally(() => clearTimeout(deadline))
}

/**
 * Runs a helper to its end and collects its output.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd: string, env?: NodeJS.ProcessEnv, timeoutMs?: number}} options
 * @returns {Promise<{code: number, stdout: string, output: string}>} `output`: stdout and stderr as they came
 * @throws {SetupError} when the program cannot be started
 * @throws {Interrupted} when a signal ended this script's work
 */
export async function collect(command, args, { cwd, env, timeoutMs }) {
  const child = spawnUnlessInterrupted(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const result = { code: 0, stdout: '', output: '' }
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    result.stdout += text
    result.output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    result.output += text
  })
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => signalGroup(child, 'SIGKILL'), timeoutMs)
  result.code = await whileSignalled({ signal: (name) => signalGroup(child, name) }, () =>
    ended(child, command, 'close'),
  ).finally(() => clearTimeout(timer))
  if (interruptedBy) throw new Interrupted()
  return result
}

/**
 * @param {Job} job
 * @param {() => Promise<number>} wait
 */
async function whileSignalled(job, wait) {
  jobs.add(job)
  try {
    return await wait()
  } finally {
    jobs.delete(job)
  }
}

function spawnUnlessInterrupted(command, args, options) {
  if (interruptedBy) throw new Interrupted()
  return spawnOwned(command, args, options)
}

/** Wrapper scripts start the real tool as their own child; a helper's whole group is ended. */
function signalGroup(child, name) {
  if (process.platform === 'win32' || child.pid === undefined) {
    child.kill(name)
    return
  }
  try {
    process.kill(-child.pid, name)
  } catch {
    // Already gone.
  }
}

/** @returns {Promise<number>} */
function ended(child, command, event = 'exit') {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new SetupError(`Cannot run ${command}: ${error.message}`)))
    child.once(event, (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

/** One process at a time, across terminals: a second `npm test` waits for the first one's set-up. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { locks } from './paths.mjs'
import { Interrupted, wasInterrupted } from './processes.mjs'
import { say } from './say.mjs'

const POLL_MS = 100

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work must look again whether it is still needed: someone else may just have done it
 * @param {string} [folder] where the lock lies; others than the default are for what several repositories share
 * @returns {Promise<T>}
 */
export async function withLock(name, work, folder = locks) {
  const file = join(folder, `${name}.lock`)
  mkdirSync(folder, { recursive: true })
  for (let waited = false; !take(file); waited = true) {
    if (!waited) say(`Waiting for another process that is busy with ${name} (${file}).`)
    await sleep(POLL_MS)
    if (wasInterrupted()) throw new Interrupted()
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** A link appears with its content already in it, unlike a file that is created and then written. @returns {boolean} */
function take(file) {
  const own = `${file}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  } finally {
    rmSync(own, { force: true })
  }
  if (!holderIsAlive(file)) rmSync(file, { force: true })
  return false
}

function holderIsAlive(file) {
  try {
    return process.kill(Number(readFileSync(file, 'utf8')), 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Wine prefixes: what a Windows installation is to Windows. Making one takes Wine some ten seconds, so one is made and kept,
 * and every run gets a copy of its own. A run's processes thus share a Wine server with nobody: they see only one another,
 * and all of them can be ended at once.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { collect } from './processes.mjs'
import { lastLines, SetupError, say } from './say.mjs'
import { endSurvivors } from './survivors.mjs'
import { wineCache } from './wine.mjs'

const RECIPE = 1
const INIT_MS = 3 * 60_000
const END_MS = 30_000

const template = join(wineCache, 'prefix')
const runs = join(wineCache, 'runs')
const stampFile = join(wineCache, 'prefix.json')

/** No .NET, no browser, no entries in the desktop's menu; no display and no messages of Wine's own. */
const SETTINGS = {
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'mscoree=d;mshtml=d;winemenubuilder.exe=d',
  WINEARCH: 'win64',
  DISPLAY: undefined,
  WAYLAND_DISPLAY: undefined,
}

/** @typedef {import('./wine.mjs').Wine} Wine */

/** @returns {NodeJS.ProcessEnv} variables that make Wine work in a prefix */
export function prefixEnvironment(prefix) {
  return { ...SETTINGS, WINEDEBUG: process.env.WINEDEBUG || SETTINGS.WINEDEBUG, WINEPREFIX: prefix }
}

/**
 * A new prefix for this run alone; {@link endPrefix} removes it.
 *
 * @param {Wine} wine
 * @returns {Promise<string>} its path
 * @throws {SetupError} when Wine cannot make one
 */
export async function createPrefix(wine) {
  await withLock('prefix', () => ensureTemplate(wine), wineCache)
  await removeAbandoned(wine)
  const prefix = join(runs, String(process.pid))
  copyTree(template, prefix, (path) => path.startsWith(join(template, 'drive_c', 'windows')))
  return prefix
}

/**
 * Ends all that runs in a prefix, and removes it.
 *
 * @param {Wine} wine
 * @param {string} prefix
 * @returns {Promise<void>}
 */
export async function endPrefix(wine, prefix) {
  const env = { ...process.env, ...prefixEnvironment(prefix) }
  // Synchronous, since it has to be done after a Ctrl-C, too, when nothing else is started any more.
  for (const option of ['-k', '-w'])
    spawnSync(wine.server, [option], { cwd: root, env, timeout: END_MS, stdio: 'ignore' })
  // One that waits for an answer of a server that is gone waits for ever.
  await endSurvivors({ entry: `WINEPREFIX=${prefix}` })
  rmSync(prefix, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

async function ensureTemplate(wine) {
  const stamp = JSON.stringify({ recipe: RECIPE, template, ...wine, changed: statSync(wine.loader).mtimeMs })
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(template)) return
  say('Making a Wine prefix, once ...')
  rmSync(template, { recursive: true, force: true })
  const work = `${template}-${process.pid}`
  rmSync(work, { recursive: true, force: true })
  const env = { ...process.env, ...prefixEnvironment(work) }
  const started = await collect(wine.loader, ['wineboot', '--init'], { cwd: root, env, timeoutMs: INIT_MS })
  // Its last processes write the registry.
  await collect(wine.server, ['-w'], { cwd: root, env, timeoutMs: INIT_MS })
  if (started.code !== 0 || !existsSync(join(work, 'system.reg'))) {
    throw new SetupError(`Wine cannot make a prefix (exit code ${started.code}):\n${lastLines(started.output)}`)
  }
  shareLibraries(join(work, 'drive_c', 'windows', 'system32'), findLibraries(wine))
  renameSync(work, template)
  writeFileSync(stampFile, stamp)
}

/** Wine fills the prefix with copies of its libraries: 700 MB that links do not take. */
function shareLibraries(system, libraries) {
  if (libraries === undefined) return
  for (const name of readdirSync(system)) {
    const [copy, original] = [join(system, name), join(libraries, name)]
    if (!existsSync(original) || lstatSync(copy).size !== lstatSync(original).size) continue
    rmSync(copy)
    linkSync(original, copy)
  }
}

/** Only of a Wine that lies in the same cache, since there are no links across file systems. */
function findLibraries({ loader }) {
  if (!loader.startsWith(wineCache)) return undefined
  return join(dirname(loader), '..', 'x86_64-linux-gnu', 'wine', 'x86_64-windows')
}

/** @param {(path: string) => boolean} isShared of a file that nobody changes: the copy is a link to it */
function copyTree(from, to, isShared) {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyTree(source, target, isShared)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (entry.isFile() && isShared(source)) linkSync(source, target)
    else if (entry.isFile()) copyFileSync(source, target)
  }
}

/** Of runs that were killed. */
async function removeAbandoned(wine) {
  if (!existsSync(runs)) return
  for (const prefix of readdirSync(runs).map((name) => join(runs, name))) {
    if (!isAlive(Number(basename(prefix)))) await endPrefix(wine, prefix)
  }
}

function isAlive(pid) {
  try {
    return pid !== process.pid && process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

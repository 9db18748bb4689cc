/**
 * Set-up step: which Electron runs the app. In order: what ELECTRON_OVERRIDE_DIST_PATH names, the official download
 * (or its mirror), an old one from the package registry. docs/decisions/0001-electron-runtime.md has the reasons.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FALLBACK_VERSION, fallbackFolder, fallbackIsSupported, installFallback } from './electron-fallback.mjs'
import { downloadOfficial, officialFolder, officialUrl } from './electron-official.mjs'
import { withLock } from './lock.mjs'
import { electronCache } from './paths.mjs'
import { SetupError, say } from './say.mjs'
import { installedPackage } from './tools.mjs'

/**
 * @typedef {object} Electron
 * @property {'override' | 'official' | 'fallback'} source
 * @property {string} version
 * @property {string} executable
 * @property {NodeJS.ProcessEnv} env makes `require('electron')`, electron-vite and the tests use this runtime
 */

const failureFile = join(electronCache, 'download-failed.json')
const FAILURE_COUNTS_FOR_MS = 24 * 60 * 60 * 1000
const EXECUTABLE = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

/**
 * @returns {Promise<Electron>}
 * @throws {SetupError} when no runtime can be had
 */
export async function ensureElectron() {
  const forced = process.env.AGENTOS_ELECTRON
  if (forced && !['official', 'fallback'].includes(forced)) {
    throw new SetupError(`AGENTOS_ELECTRON must be "official" or "fallback", got "${forced}".`)
  }
  return overridden() ?? (await chooseOnDisk(forced)) ?? (await withLock('electron', () => obtain(forced)))
}

function overridden() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (!folder) return undefined
  const electron = describe('override', folder)
  if (!existsSync(electron.executable)) {
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${electron.executable}.`)
  }
  return announce(electron)
}

/** What needs no network and no unpacking; the usual case from the second run on. */
async function chooseOnDisk(forced) {
  const official = describe('official', officialFolder)
  const isPinned = official.version === installedPackage('electron').version
  if (forced !== 'fallback' && isPinned && existsSync(official.executable)) return announce(official)
  const settled = forced === 'fallback' || (forced === undefined && downloadFailedLately())
  if (!settled || !fallbackIsSupported() || !existsSync(describe('fallback', fallbackFolder).executable)) {
    return undefined
  }
  return await takeFallback()
}

async function obtain(forced) {
  const onDisk = await chooseOnDisk(forced)
  if (onDisk) return onDisk
  let reason = 'AGENTOS_ELECTRON=fallback'
  if (forced !== 'fallback' && (forced === 'official' || !downloadFailedLately())) {
    const result = await downloadOfficial()
    if (result.ok) return announce(describe('official', officialFolder))
    reason = result.reason
    rememberFailure(reason)
    say(`The official Electron could not be downloaded: ${reason}`)
  }
  if (forced === 'official' || !fallbackIsSupported()) {
    throw new SetupError(
      `No Electron for ${process.platform}-${process.arch}: ${reason}\n` +
        'Set ELECTRON_MIRROR to a mirror that is reachable, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron.',
    )
  }
  return await takeFallback()
}

async function takeFallback() {
  await installFallback()
  return announce(describe('fallback', fallbackFolder))
}

/** @returns {Electron} */
function describe(source, folder) {
  const executable = join(folder, EXECUTABLE[process.platform] ?? 'electron')
  return {
    source,
    version: source === 'fallback' ? FALLBACK_VERSION : versionIn(folder),
    executable,
    env: {
      ELECTRON_OVERRIDE_DIST_PATH: folder,
      ELECTRON_EXEC_PATH: executable,
      AGENTOS_TEST_ELECTRON: executable,
    },
  }
}

function versionIn(folder) {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '')
  } catch {
    return 'of unknown version'
  }
}

/** @param {Electron} electron */
function announce(electron) {
  const which = {
    override: 'from ELECTRON_OVERRIDE_DIST_PATH',
    official: '(official)',
    fallback:
      'out of the package registry: OLD, for development and tests only ' +
      '(AGENTOS_ELECTRON_RETRY=1 tries the official download again)',
  }
  say(`Electron ${electron.version} ${which[electron.source]}.`)
  return electron
}

function downloadFailedLately() {
  if (process.env.AGENTOS_ELECTRON_RETRY) return false
  try {
    const { url, at } = JSON.parse(readFileSync(failureFile, 'utf8'))
    // A failure says nothing about another version or a mirror that was set since.
    return url === officialUrl() && Date.now() - at < FAILURE_COUNTS_FOR_MS
  } catch {
    return false
  }
}

function rememberFailure(reason) {
  mkdirSync(electronCache, { recursive: true })
  writeFileSync(failureFile, JSON.stringify({ url: officialUrl(), at: Date.now(), reason }))
}

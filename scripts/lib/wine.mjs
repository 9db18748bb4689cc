/**
 * Set-up step of `npm run test:windows` on Linux: Wine. One that AGENTOS_WINE names is used; else, on Debian for x64, Wine 10
 * of Debian 13 is unpacked into a folder of its own. Nothing is installed or mounted, and no rights are needed.
 */
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { isExecutable } from './executable.mjs'
import { withLock } from './lock.mjs'
import { root, userCache } from './paths.mjs'
import { collect } from './processes.mjs'
import { SetupError, say } from './say.mjs'
import { debianMirror, unpackPackages } from './unpack-debian.mjs'

/** Changes with every change of what is made of the packages. */
const RECIPE = 1
const VARIABLE = 'AGENTOS_WINE'
const LOADER = join('usr', 'lib', 'wine', 'wine64')
const SERVER = join('usr', 'lib', 'wine', 'wineserver64')
const PACKAGES = {
  release: 'trixie',
  // What console programs need. The package itself also asks for all that plays sound or shows windows.
  names: ['wine64', 'libwine', 'libz-mingw-w64', 'libunwind8', 'liblzma5', 'zlib1g'],
  programs: [LOADER, SERVER],
}

export const wineCache = join(userCache, 'wine')

/** @typedef {{loader: string, server: string, version: string}} Wine paths of its programs, and what it says it is */

/**
 * @returns {Promise<Wine>}
 * @throws {SetupError} with what to do by hand
 */
export async function ensureWine() {
  const programs = givenPrograms() ?? (await unpackedPrograms())
  const { code, stdout } = await collect(programs.loader, ['--version'], { cwd: root, timeoutMs: 10_000 })
  const version = stdout.trim()
  if (code !== 0 || version === '') throw new SetupError(`${programs.loader} does not run (exit code ${code}).`)
  return { ...programs, version }
}

function givenPrograms() {
  const loader = process.env[VARIABLE]
  if (!loader) return undefined
  if (!isAbsolute(loader) || !isExecutable(loader)) {
    throw new SetupError(`Expected ${VARIABLE} to be the absolute path of a Wine program, got "${loader}".`)
  }
  const places = [dirname(loader), ...(process.env.PATH ?? '').split(delimiter).filter(isAbsolute)]
  const server = places.map((place) => join(place, 'wineserver')).find(isExecutable)
  if (server === undefined) throw new SetupError(`There is no wineserver beside ${loader} or in PATH.`)
  return { loader, server }
}

async function unpackedPrograms() {
  const place = placeOfUnpacked()
  const programs = { loader: join(place.folder, LOADER), server: join(place.folder, SERVER) }
  if (isUnpacked(place)) return programs
  const mirror = process.platform === 'linux' && process.arch === 'x64' ? await debianMirror() : null
  if (mirror === null) {
    throw new SetupError(
      `Only on Debian for x64 is Wine unpacked automatically. Install Wine 10 or newer for 64-bit programs and set ${VARIABLE} ` +
        'to the absolute path of its program (wine or wine64), or run this on Windows.',
    )
  }
  await withLock('unpack', () => unpack(place, mirror), wineCache)
  return programs
}

async function unpack(place, mirror) {
  if (isUnpacked(place)) return
  const { folder } = place
  say(`Unpacking Debian's Wine into ${folder}, once (120 MB to download) ...`)
  const startedAt = Date.now()
  rmSync(folder, { recursive: true, force: true })
  await unpackPackages(PACKAGES, folder, mirror)
  finish(folder)
  writeFileSync(place.stampFile, place.stamp)
  say(`Unpacked in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
}

/** What the packages' own install scripts and links would do, as far as it is needed. */
function finish(folder) {
  const libraries = join(folder, 'usr', 'lib', 'x86_64-linux-gnu', 'wine')
  // Nothing here is a 32-bit program, and without these a Wine prefix has no 32-bit half.
  rmSync(join(libraries, 'i386-windows'), { recursive: true })
  // A shell script with absolute paths.
  const server = join(folder, 'usr', 'lib', 'wine', 'wineserver')
  rmSync(server, { force: true })
  symlinkSync('wineserver64', server)
  // From where it is, the server looks for its data at share/wine/wine.
  symlinkSync('.', join(folder, 'usr', 'share', 'wine', 'wine'))
  const zlib = readFileSync(join(folder, 'usr', 'x86_64-w64-mingw32', 'lib', 'zlib1.dll'))
  writeFileSync(join(libraries, 'x86_64-windows', 'zlib1.dll'), asBuiltin(zlib))
}

/** Wine takes a library from its own folder only with this mark, which has its place behind the DOS header. */
function asBuiltin(library) {
  const marked = Buffer.from(library)
  marked.fill(0, 64, 96)
  marked.write('Wine builtin DLL', 64, 'latin1')
  return marked
}

/** The paths of its libraries are written into Wine's programs, so they are good only there. */
function placeOfUnpacked() {
  const folder = join(wineCache, 'debian')
  const stamp = JSON.stringify({ recipe: RECIPE, folder, ...PACKAGES })
  return { folder, stamp, stampFile: join(folder, 'stamp.json') }
}

function isUnpacked({ folder, stampFile, stamp }) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && isExecutable(join(folder, LOADER))
}

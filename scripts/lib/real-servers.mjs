/**
 * Set-up step of `npm run test:real`: real servers. One that is installed is used; else, on Debian, the package of
 * Debian's development release is unpacked into a folder of its own. Nothing is installed, and no rights are needed.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { isExecutable } from './executable.mjs'
import { withLock } from './lock.mjs'
import { root, userCache } from './paths.mjs'
import { collect } from './processes.mjs'
import { SetupError, say } from './say.mjs'
import { debianMirror, unpackPackage } from './unpack-debian.mjs'

/** @typedef {{program: string, variable: string, package: string, megabytes: number}} Server */
/** @type {Server} */
const LLAMA = {
  program: 'llama-server',
  variable: 'AGENTOS_REAL_LLAMA_SERVER',
  package: 'llama.cpp-tools',
  megabytes: 20,
}
/** @type {Server} */
const WHISPER = {
  program: 'whisper-server',
  variable: 'AGENTOS_REAL_WHISPER_SERVER',
  package: 'whisper.cpp-tools',
  megabytes: 120,
}

/** Changes with every change of what is made of the packages. */
const RECIPE = 3

const cache = join(userCache, 'real-servers')

/**
 * @param {{whisper: boolean}} wanted besides llama-server, which always is; one that is there already is used in any case
 * @returns {Promise<NodeJS.ProcessEnv>} what tells the tests where the servers are
 * @throws {SetupError} with what to do by hand
 */
export async function ensureRealServers({ whisper }) {
  const env = { [LLAMA.variable]: await ensureServer(LLAMA) }
  const isThere = givenProgram(WHISPER) ?? installedProgram(WHISPER) ?? isUnpacked(placeOf(WHISPER))
  if (isThere || whisper) env[WHISPER.variable] = await ensureServer(WHISPER)
  const { output } = await collect(env[LLAMA.variable], ['--version'], { cwd: root, timeoutMs: 10_000 })
  const version = /version:.*/.exec(output)?.[0] ?? 'which does not tell its version'
  say(`llama-server: ${env[LLAMA.variable]}, ${version}.`)
  say(`whisper-server: ${env[WHISPER.variable] ?? 'none; --whisper gets one'}.`)
  return env
}

async function ensureServer(server) {
  return givenProgram(server) ?? installedProgram(server) ?? (await unpackedProgram(server))
}

function givenProgram({ variable }) {
  const program = process.env[variable]
  if (!program) return undefined
  if (isAbsolute(program) && isExecutable(program)) return program
  throw new SetupError(`Expected ${variable} to be the absolute path of an executable file, got "${program}".`)
}

function installedProgram({ program }) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((place) => join(place, process.platform === 'win32' ? `${program}.exe` : program))
    .find(isExecutable)
}

async function unpackedProgram(server) {
  const place = placeOf(server)
  if (isUnpacked(place)) return join(place.folder, place.program)
  const mirror = await debianMirror()
  if (mirror === null) {
    throw new SetupError(
      `There is no real ${server.program} here. Install it so that it is in PATH, or set ${server.variable} to its ` +
        `absolute path. With Debian's development release that is: sudo apt-get install ${server.package}`,
    )
  }
  const work = async () => {
    if (isUnpacked(place)) return
    say(`Unpacking Debian's ${server.package} into ${place.folder}, once (${server.megabytes} MB to download) ...`)
    const startedAt = Date.now()
    rmSync(place.folder, { recursive: true, force: true })
    await unpackPackage(server.package, place.program, place.folder, mirror)
    writeFileSync(place.stampFile, place.stamp)
    say(`Unpacked in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
  }
  await withLock(server.program, work, cache)
  return join(place.folder, place.program)
}

/** Where a server is unpacked. The paths of its libraries are written into it, so it is good only there. */
function placeOf(server) {
  const folder = join(cache, server.program)
  return {
    folder,
    program: join('usr', 'bin', server.program),
    stampFile: join(folder, 'stamp.json'),
    stamp: JSON.stringify({ recipe: RECIPE, folder, package: server.package }),
  }
}

function isUnpacked({ folder, program, stampFile, stamp }) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && isExecutable(join(folder, program))
}

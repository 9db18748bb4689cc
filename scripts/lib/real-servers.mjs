/**
 * Set-up step of `npm run test:real`: a real llama-server. One that is installed is used; else, on Debian, the package of
 * Debian's development release ("sid") is unpacked into a folder of its own. Nothing is installed, no rights are needed
 * and nothing is mounted: its programs are told to use the folder's own libraries instead of the system's.
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { collect } from './processes.mjs'
import { lastLines, SetupError, say } from './say.mjs'

const VARIABLE = 'AGENTOS_REAL_LLAMA_SERVER'
const PROGRAM = 'llama-server'
const PACKAGES = ['llama.cpp-tools', 'patchelf']
const RELEASE = 'sid'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
/** Changes with every change of what is made of the packages. */
const RECIPE = 1
const DOWNLOAD_MS = 10 * 60_000

/** Outside the repository, because it serves every copy of it. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'agentos-tray')
const folder = join(cache, 'real-servers')
const stampFile = join(folder, 'stamp.json')

/**
 * @returns {Promise<NodeJS.ProcessEnv>} what tells the tests where the servers are
 * @throws {SetupError} with what to do by hand
 */
export async function ensureRealServers() {
  const program = givenProgram() ?? installedProgram() ?? (await unpackedProgram())
  const { output } = await collect(program, ['--version'], { cwd: root, timeoutMs: 10_000 })
  say(`llama-server: ${program}, ${/version:.*/.exec(output)?.[0] ?? 'which does not tell its version'}.`)
  return { [VARIABLE]: program }
}

function givenProgram() {
  const program = process.env[VARIABLE]
  if (!program) return undefined
  if (isAbsolute(program) && isExecutable(program)) return program
  throw new SetupError(`Expected ${VARIABLE} to be the absolute path of an executable file, got "${program}".`)
}

function installedProgram() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((place) => join(place, process.platform === 'win32' ? `${PROGRAM}.exe` : PROGRAM))
    .find(isExecutable)
}

async function unpackedProgram() {
  if (isUnpacked()) return unpacked.program
  const mirror = await debianMirror()
  mkdirSync(cache, { recursive: true })
  await withLock(
    'the real servers',
    async () => {
      if (!isUnpacked()) await unpack(mirror)
    },
    cache,
  )
  return unpacked.program
}

const unpacked = {
  root: join(folder, 'root'),
  program: join(folder, 'root', 'usr', 'bin', PROGRAM),
}

/** The paths of its libraries are written into the program, so the folder is good only where it was made. */
function stamp() {
  return JSON.stringify({ recipe: RECIPE, folder, release: RELEASE, packages: PACKAGES })
}

function isUnpacked() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp() && isExecutable(unpacked.program)
}

/**
 * The mirror that this machine takes its own packages from.
 *
 * @returns {Promise<string>} URL
 * @throws {SetupError} on anything but Debian
 */
async function debianMirror() {
  const byHand =
    `There is no real ${PROGRAM} here. Install llama.cpp so that ${PROGRAM} is in PATH, or set ${VARIABLE} to its ` +
    `absolute path. With Debian's development release that is: sudo apt-get install ${PACKAGES[0]}`
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  if (!/^ID=debian$/m.test(release) || !isExecutable('/usr/bin/apt-get')) throw new SetupError(byHand)
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1] ?? RELEASE
  const { stdout } = await collect('apt-get', ['update', '--print-uris'], { cwd: root })
  const mirrors = [...stdout.matchAll(/^'(.+)\/dists\/([^/']+)\/InRelease'/gm)].map(([, url, suite]) => ({
    url,
    suite,
  }))
  const mirror = mirrors.find(({ suite }) => [codename, 'stable', 'testing', RELEASE, 'unstable'].includes(suite))
  if (mirror === undefined) throw new SetupError(`No mirror of Debian is among apt's sources.\n${byHand}`)
  return mirror.url
}

async function unpack(mirror) {
  say(`Unpacking Debian's ${PACKAGES[0]} into ${folder}, once (20 MB to download) ...`)
  const startedAt = Date.now()
  rmSync(folder, { recursive: true, force: true })
  const apt = writeAptFolder(mirror)
  await run('apt-get', [...apt.options, 'update'])
  await run('apt-get', [...apt.options, 'install', '--download-only', '--yes', '--no-install-recommends', ...PACKAGES])
  for (const name of readdirSync(apt.archives).filter((entry) => entry.endsWith('.deb'))) {
    await run('dpkg-deb', ['--extract', join(apt.archives, name), unpacked.root])
  }
  await bindToOwnLibraries()
  rmSync(apt.folder, { recursive: true })
  writeFileSync(stampFile, stamp())
  say(`Unpacked in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
}

/** A world of apt's own, in which nothing is installed and only that release exists. */
function writeAptFolder(mirror) {
  const apt = join(folder, 'apt')
  const state = join(apt, 'state')
  const archives = join(apt, 'cache', 'archives')
  for (const path of [join(state, 'lists', 'partial'), join(archives, 'partial'), join(apt, 'etc'), unpacked.root]) {
    mkdirSync(path, { recursive: true })
  }
  const status = join(state, 'status')
  const sources = join(apt, 'etc', 'sources.list')
  writeFileSync(status, '')
  writeFileSync(sources, `deb ${existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : ''}${mirror} ${RELEASE} main\n`)
  const settings = {
    'Dir::State': state,
    'Dir::State::status': status,
    'Dir::Cache': join(apt, 'cache'),
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': '-',
    'Dir::Etc::preferencesparts': join(apt, 'etc'),
    'Acquire::Languages': 'none',
  }
  return {
    folder: apt,
    archives,
    options: Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  }
}

/**
 * Writes the folder's loader and library paths into the program. Unlike a chroot that needs no rights, and unlike a wrapper
 * around the loader it leaves the process its own name and path, by which a router starts itself again as its child.
 */
async function bindToOwnLibraries() {
  const libraries = findLibraries()
  const loader = join(libraries, readdirSync(libraries).find((name) => /^ld-linux.*\.so\.\d+$/.test(name)) ?? '')
  const patchelf = (args) =>
    run(loader, ['--library-path', libraries, join(unpacked.root, 'usr', 'bin', 'patchelf'), ...args])
  const own = (await patchelf(['--print-rpath', unpacked.program])).trim().split(':').filter(Boolean)
  const places = own.map((path) => join(unpacked.root, path)).filter(existsSync)
  await patchelf(['--set-interpreter', loader, unpacked.program])
  // Not a RUNPATH: that would not count for the libraries that the libraries need. Theirs would hide it.
  await patchelf(['--force-rpath', '--set-rpath', [...places, libraries].join(':'), unpacked.program])
  for (const place of places) {
    for (const name of readdirSync(place).filter((entry) => entry.endsWith('.so'))) {
      await patchelf(['--remove-rpath', join(place, name)])
    }
  }
  linkBackends(join(libraries, 'ggml'))
}

/** The folder of the C library, and of the loader beside it. */
function findLibraries() {
  const base = join(unpacked.root, 'usr', 'lib')
  const found = readdirSync(base).find((name) => existsSync(join(base, name, 'libc.so.6')))
  if (found === undefined) throw new SetupError(`Expected a C library below ${base}, found none.`)
  return join(base, found)
}

/** ggml looks for its back ends where the package would be installed, and beside the program. */
function linkBackends(ggml) {
  for (const version of readdirSync(ggml).filter((name) => name.startsWith('backends'))) {
    for (const name of readdirSync(join(ggml, version))) {
      symlinkSync(join(ggml, version, name), join(dirname(unpacked.program), name))
    }
  }
}

/** @returns {Promise<string>} stdout */
async function run(command, args) {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  const { code, stdout, output } = await collect(command, args, { cwd: root, env, timeoutMs: DOWNLOAD_MS })
  if (code === 0) return stdout
  throw new SetupError(`${command} failed (exit code ${code}):\n${lastLines(output)}`)
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

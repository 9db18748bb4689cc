/**
 * Running a program of a newer Debian on an older one, without installing anything: its packages are unpacked into a
 * folder, and the program is told to use the libraries there instead of the system's.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { root } from './paths.mjs'
import { collect } from './processes.mjs'
import { lastLines, SetupError } from './say.mjs'

/** The development release. */
const NEWEST = 'sid'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const DOWNLOAD_MS = 10 * 60_000
const PATCHELF_NEEDS = ['libc6', 'libgcc-s1', 'libstdc++6']

/**
 * The mirror that this machine takes its own packages from.
 *
 * @returns {Promise<string | null>} URL; null on anything but Debian
 */
export async function debianMirror() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  if (!/^ID=debian$/m.test(release)) return null
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1] ?? NEWEST
  const stdout = await run('apt-get', ['update', '--print-uris'])
  const mirrors = [...stdout.matchAll(/^'(.+)\/dists\/([^/']+)\/InRelease'/gm)].map(([, url, suite]) => ({
    url,
    suite,
  }))
  const suites = [codename, 'stable', 'testing', NEWEST, 'unstable']
  return mirrors.find(({ suite }) => suites.includes(suite))?.url ?? null
}

/**
 * Unpacks a package of the development release and all that it needs into a new folder, so that one of its programs runs
 * there.
 *
 * @param {string} name of the package
 * @param {string} program relative to the folder
 * @param {string} folder absolute; the program works only there
 * @param {string} mirror
 * @returns {Promise<void>}
 * @throws {SetupError} when something cannot be had
 */
export async function unpackPackage(name, program, folder, mirror) {
  mkdirSync(folder, { recursive: true })
  const apt = writeAptFolder(join(folder, 'apt'), mirror, NEWEST)
  const names = [name, 'patchelf']
  await run('apt-get', [...apt.options, 'update'])
  await run('apt-get', [...apt.options, 'install', '--download-only', '--yes', '--no-install-recommends', ...names])
  await extractAll(apt.archives, folder)
  await bindToOwnLibraries(folder, [join(folder, program)])
  linkBackends(join(findLibraries(folder), 'ggml'), dirname(join(folder, program)))
  rmSync(apt.folder, { recursive: true })
}

/**
 * Unpacks just these packages into a new folder, so that their programs run there. For a package of which only a small
 * part is wanted, and that part needs little of what the whole package does.
 *
 * @param {{names: readonly string[], programs: readonly string[], release: string}} wanted `programs` relative to the
 *   folder, `release` by its code name
 * @param {string} folder absolute; the programs work only there
 * @param {string} mirror
 * @returns {Promise<void>}
 * @throws {SetupError} when something cannot be had
 */
export async function unpackPackages({ names, programs, release }, folder, mirror) {
  mkdirSync(folder, { recursive: true })
  const apt = writeAptFolder(join(folder, 'apt'), mirror, release)
  await run('apt-get', [...apt.options, 'update'])
  await run('apt-get', [...apt.options, 'download', ...names, 'patchelf', ...PATCHELF_NEEDS], apt.archives)
  await extractAll(apt.archives, folder)
  await bindToOwnLibraries(
    folder,
    programs.map((program) => join(folder, program)),
  )
  rmSync(apt.folder, { recursive: true })
}

async function extractAll(archives, folder) {
  for (const archive of readdirSync(archives).filter((entry) => entry.endsWith('.deb'))) {
    await run('dpkg-deb', ['--extract', join(archives, archive), folder])
  }
}

/** A world of apt's own, in which nothing is installed and only that release exists. */
function writeAptFolder(folder, mirror, release) {
  const state = join(folder, 'state')
  const archives = join(folder, 'cache', 'archives')
  const etc = join(folder, 'etc')
  for (const path of [join(state, 'lists', 'partial'), join(archives, 'partial'), etc]) {
    mkdirSync(path, { recursive: true })
  }
  const status = join(state, 'status')
  const sources = join(etc, 'sources.list')
  writeFileSync(status, '')
  writeFileSync(sources, `deb ${existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : ''}${mirror} ${release} main\n`)
  const settings = {
    'Dir::State': state,
    'Dir::State::status': status,
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': '-',
    'Dir::Etc::preferencesparts': etc,
    'Acquire::Languages': 'none',
  }
  return { folder, archives, options: Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]) }
}

/**
 * Writes the folder's loader and library paths into the programs. Unlike a chroot that needs no rights, and unlike a wrapper
 * around the loader it leaves the process its own name and path, by which a router starts itself again as its child.
 */
async function bindToOwnLibraries(folder, programs) {
  const libraries = findLibraries(folder)
  const loader = join(libraries, readdirSync(libraries).find((name) => /^ld-linux.*\.so\.\d+$/.test(name)) ?? '')
  const tool = join(folder, 'usr', 'bin', 'patchelf')
  const patchelf = (...args) => run(loader, ['--library-path', libraries, tool, ...args])
  const places = new Set([libraries])
  // A library's own path would hide the program's, and leads out of the folder.
  for (const file of [...programs, ...sharedLibrariesIn(libraries)]) {
    const paths = (await patchelf('--print-rpath', file)).trim().split(':').filter(isAbsolute)
    for (const path of paths) places.add(join(folder, path))
    if (paths.length > 0) await patchelf('--remove-rpath', file)
  }
  for (const program of programs) {
    await patchelf('--set-interpreter', loader, program)
    // Not a RUNPATH: that would not count for the libraries that the libraries need.
    await patchelf('--force-rpath', '--set-rpath', [...places].filter(existsSync).join(':'), program)
  }
}

/** All but those that are only names of others. */
function sharedLibrariesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.so(\.[\d.]+)?$/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => lstatSync(file).isFile())
}

/** The folder of the C library, and of the loader beside it. */
function findLibraries(folder) {
  const base = join(folder, 'usr', 'lib')
  const found = readdirSync(base).find((name) => existsSync(join(base, name, 'libc.so.6')))
  if (found === undefined) throw new SetupError(`Expected a C library below ${base}, found none.`)
  return join(base, found)
}

/** ggml looks for its back ends where the package would be installed, and beside the program. */
function linkBackends(ggml, folder) {
  for (const version of readdirSync(ggml).filter((name) => name.startsWith('backends'))) {
    for (const name of readdirSync(join(ggml, version))) {
      symlinkSync(join(ggml, version, name), join(folder, name))
    }
  }
}

/** @returns {Promise<string>} stdout */
async function run(command, args, cwd = root) {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  const { code, stdout, output } = await collect(command, args, { cwd, env, timeoutMs: DOWNLOAD_MS })
  if (code === 0) return stdout
  throw new SetupError(`${command} failed (exit code ${code}):\n${lastLines(output)}`)
}

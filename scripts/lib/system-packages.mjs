/**
 * Set-up step: the shared libraries Electron needs on Linux, and for a virtual display its two programs.
 * As root on Debian and Ubuntu what is missing is installed; otherwise the person gets the exact command.
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { collect } from './processes.mjs'
import { lastLines, SetupError, say } from './say.mjs'

/** Each entry: the names one package goes by. Releases with a 64-bit time_t (`t64`) renamed some of them. */
const ELECTRON_LIBRARIES = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libasound2t64', 'libasound2'],
  ['libgbm1'],
  ['libxss1'],
  ['libxtst6'],
  ['libnotify4'],
  ['libsecret-1-0'],
]
const VIRTUAL_DISPLAY = [
  { program: 'Xvfb', package: ['xvfb'] },
  { program: 'dbus-daemon', package: ['dbus'] },
]
/** Real programs that tests run as services. */
const TEST_PROGRAMS = [{ program: 'python3', package: ['python3'] }]

/**
 * @typedef {object} Needs
 * @property {boolean} virtualDisplay
 * @property {boolean} [tests] also what only tests run
 * @property {boolean} [mayBeMissing] only warn about what cannot be installed here
 */

/**
 * @param {Needs} needs
 * @returns {Promise<void>}
 * @throws {SetupError} with the command to run by hand
 */
export async function ensureSystemPackages(needs) {
  if (process.platform !== 'linux' || process.env.AGENTOS_SKIP_SYSTEM_PACKAGES) return
  if ((await findMissing(needs)).length === 0) return
  try {
    await withLock('system packages', async () => {
      const missing = await findMissing(needs)
      if (missing.length > 0) await install(missing)
    })
  } catch (error) {
    if (!(needs.mayBeMissing && error instanceof SetupError)) throw error
    say(`Warning: ${error.message}`)
  }
}

/** @returns {Promise<string[][]>} the names of each missing package */
async function findMissing({ virtualDisplay, tests = false }) {
  const programs = [...(virtualDisplay ? VIRTUAL_DISPLAY : []), ...(tests ? TEST_PROGRAMS : [])]
  const missing = programs.filter(({ program }) => !isOnPath(program))
  return [...(await findMissingLibraries()), ...missing.map((entry) => entry.package)]
}

async function findMissingLibraries() {
  // Other distributions name packages differently; there Electron itself says which library it lacks.
  if (!isOnPath('dpkg-query')) return []
  const names = ELECTRON_LIBRARIES.flat()
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg-query's
  const format = '${Package} ${db:Status-Status}\\n'
  const { stdout } = await collect('dpkg-query', ['-W', '-f', format, ...names], { cwd: root })
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return ELECTRON_LIBRARIES.filter((alternatives) => !alternatives.some((name) => installed.has(name)))
}

async function install(missing) {
  if (!isOnPath('apt-get')) {
    throw new SetupError(
      `Missing programs. Install what Debian calls: ${missing.map((names) => names.at(-1)).join(' ')}`,
    )
  }
  if (process.getuid() !== 0) {
    const names = await availableNames(missing)
    throw new SetupError(
      `System packages are missing. Run this, then try again (AGENTOS_SKIP_SYSTEM_PACKAGES=1 goes on without):\n` +
        `  sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${names.join(' ')}`,
    )
  }
  say(`Installing system packages with apt-get, as root: ${missing.map((names) => names.at(-1)).join(' ')} ...`)
  await aptGet(['update'])
  await aptGet(['install', '--yes', '--no-install-recommends', ...(await availableNames(missing))])
}

/** Which of a package's names this release has: the first one apt could install. @returns {Promise<string[]>} */
async function availableNames(missing) {
  const { stdout } = await collect('apt-cache', ['policy', ...missing.flat()], { cwd: root, env: unlocalised() })
  const blocks = stdout.split(/^(?=\S)/m)
  const available = new Set(
    blocks
      .filter((block) => block.includes('Candidate:') && !block.includes('Candidate: (none)'))
      .map((block) => block.slice(0, block.indexOf(':'))),
  )
  return missing.map((names) => names.find((name) => available.has(name)) ?? names.at(-1))
}

async function aptGet(args) {
  const { code, output } = await collect('apt-get', args, { cwd: root, env: unlocalised() })
  if (code === 0) return
  throw new SetupError(`apt-get ${args.join(' ')} failed (exit code ${code}):\n${lastLines(output)}`)
}

function unlocalised() {
  return { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

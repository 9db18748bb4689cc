/** Set-up step: node_modules holds exactly what package-lock.json says. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { withLock } from './lock.mjs'
import { modules, root } from './paths.mjs'
import { collect } from './processes.mjs'
import { firstLines, SetupError, say } from './say.mjs'
import { pinnedNode } from './tools.mjs'

const lockFile = join(root, 'package-lock.json')
/** npm's own record of what it installed; rewritten with every change it makes to node_modules. */
const installedFile = join(modules, '.package-lock.json')
const stampFile = join(modules, '.agentos-installed')

/**
 * @returns {Promise<void>}
 * @throws {SetupError} when npm fails, installs something else than is locked, or leaves no usable Node behind
 */
export async function ensureDependencies() {
  if (stampIsCurrent()) return
  await withLock('dependencies', async () => {
    if (stampIsCurrent()) return
    if (differencesFromLock().length > 0) await install()
    if (!existsSync(pinnedNode)) {
      throw new SetupError(
        `The pinned Node is missing (${pinnedNode}). If install scripts are switched off in npm's settings, ` +
          'run "npm rebuild node --ignore-scripts=false", then try again.',
      )
    }
    writeFileSync(stampFile, stamp())
  })
}

function stampIsCurrent() {
  try {
    return existsSync(pinnedNode) && readFileSync(stampFile, 'utf8') === stamp()
  } catch {
    return false
  }
}

/** Two things must stay as they were: what is wanted (by content) and what is there (npm touches its record). */
function stamp() {
  const { mtimeMs, size } = statSync(installedFile)
  return `${createHash('sha256').update(readFileSync(lockFile)).digest('hex')} ${size} ${mtimeMs}\n`
}

/** Empty also for a node_modules that a plain `npm install` made from the same lock file. @returns {string[]} */
function differencesFromLock() {
  if (!existsSync(installedFile)) return ['node_modules']
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  const present = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  const differs = ([path, entry]) => {
    if (path === '') return false
    // npm leaves out what is for other platforms only.
    if (!present[path]) return !entry.optional && !entry.peer
    return present[path].version !== entry.version || present[path].integrity !== entry.integrity
  }
  return Object.entries(wanted)
    .filter(differs)
    .map(([path]) => path)
}

/**
 * `npm install --no-save` rather than `npm ci`: it installs the same locked versions and verifies the same hashes,
 * but does not insist that the lock file also lists the optional binaries of every other platform, which a registry
 * that does not carry those cannot give (docs/decisions/0002-setup-script.md). The strictness comes from the checks
 * around it.
 */
async function install() {
  refuseOutdatedLock()
  say('Installing the locked dependencies (npm install) ...')
  const startedAt = Date.now()
  const [node, npm] = findNpm()
  // `--include=dev`: everything here is a dev dependency, and NODE_ENV=production would leave it all out.
  const args = [...npm, 'install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output } = await collect(node, args, { cwd: root })
  if (code !== 0) throw new SetupError(`npm install failed (exit code ${code}):\n${firstLines(output)}`)
  const wrong = differencesFromLock()
  if (wrong.length > 0) throw new SetupError(`npm did not install what package-lock.json says: ${wrong.join(', ')}`)
  say(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
}

/** @throws {SetupError} when package.json asks for other dependencies than were locked */
function refuseOutdatedLock() {
  const locked = JSON.parse(readFileSync(lockFile, 'utf8')).packages['']
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    if (isDeepStrictEqual(sorted(locked[kind]), sorted(manifest[kind]))) continue
    throw new SetupError(`package-lock.json is older than package.json (${kind}). Run "npm install" and commit both.`)
  }
}

function sorted(dependencies = {}) {
  return Object.entries(dependencies).sort()
}

/**
 * npm as [program, leading arguments]. npm tells its scripts where it and its Node are; that Node also is the
 * machine's, while `process.execPath` may lie inside the node_modules that npm is about to change.
 *
 * @returns {[string, string[]]}
 */
export function findNpm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env
  if (cli && node && /npm-cli\.[cm]?js$/.test(cli)) return [node, [cli]]
  const folder = dirname(process.execPath)
  const beside = [join(folder, '..', 'lib'), folder]
    .map((prefix) => join(prefix, 'node_modules', 'npm', 'bin', 'npm-cli.js'))
    .find(existsSync)
  return beside ? [process.execPath, [beside]] : ['npm', []]
}

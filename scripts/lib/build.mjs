/** Building the app into out/, and knowing whether that is still needed. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { buildStamp, root } from './paths.mjs'
import { lastLines, SetupError, say } from './say.mjs'
import { collectTool, runTool } from './tools.mjs'

/** What the output depends on. Anything else may change without a new build. */
const SOURCE_FOLDERS = ['src-main', 'src-preload', 'src-renderer', 'assets']
const SOURCE_FILES = ['package.json', 'package-lock.json', 'electron.vite.config.ts']

/**
 * Builds, with the tool's own output on the terminal.
 *
 * @param {string[]} args passed on to electron-vite
 * @returns {Promise<number>} exit code
 */
export async function buildApp(args) {
  return await withLock('build', () => build(() => runTool('electron-vite', 'electron-vite', ['build', ...args])))
}

/**
 * Builds only if out/ is older than its sources; shows the tool's output only if it fails.
 *
 * @returns {Promise<void>}
 * @throws {SetupError} when the build fails
 */
export async function buildIfStale() {
  if (isCurrent(signature())) return
  await withLock('build', async () => {
    if (isCurrent(signature())) return
    say('Building the app ...')
    let output = ''
    const code = await build(async () => {
      const result = await collectTool('electron-vite', 'electron-vite', ['build'])
      output = result.output
      return result.code
    })
    if (code !== 0) throw new SetupError(`The build failed (exit code ${code}):\n${lastLines(output, 40)}`)
  })
}

async function build(run) {
  // Taken before the build: a file saved meanwhile makes the next command build again.
  const before = signature()
  // A build that fails or is interrupted leaves a mixture behind, which must not count as current.
  rmSync(buildStamp, { force: true })
  const code = await run()
  if (code === 0) {
    mkdirSync(dirname(buildStamp), { recursive: true })
    writeFileSync(buildStamp, before)
  }
  return code
}

function isCurrent(wanted) {
  const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return existsSync(join(root, main)) && existsSync(buildStamp) && readFileSync(buildStamp, 'utf8') === wanted
}

/** Names, sizes and modification times: tells a changed, new or deleted file in a millisecond or two. */
function signature() {
  const hash = createHash('sha256')
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  SOURCE_FILES.filter((file) => existsSync(join(root, file))).forEach(add)
  for (const folder of SOURCE_FOLDERS) filesBelow(folder).forEach(add)
  return hash.digest('hex')
}

/** @returns {string[]} paths relative to the repository, in a stable order */
function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return []
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
}

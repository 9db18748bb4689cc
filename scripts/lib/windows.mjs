/** Node for Windows: on Windows itself the pinned one, elsewhere under Wine. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './paths.mjs'
import { runInForeground } from './processes.mjs'
import { say } from './say.mjs'
import { pinnedNode, toolEnvironment } from './tools.mjs'
import { ensureWindowsNode, toWindowsPath } from './windows-node.mjs'
import { ensureWine } from './wine.mjs'
import { createPrefix, endPrefix, prefixEnvironment } from './wine-prefix.mjs'

const SHOW_MS = 100
/** After a signal, for tests to clean up what they started. */
const CLEAN_END_MS = 10_000

/**
 * @typedef {{
 *   isWine: boolean,
 *   path: (path: string) => string,
 *   runNode: (args: string[], env: NodeJS.ProcessEnv) => Promise<number>,
 * }} Windows `path` gives a file's name there; `runNode` runs in the foreground, in the repository
 */

/**
 * @template T
 * @param {(windows: Windows) => Promise<T>} work
 * @returns {Promise<T>} after all that was started is gone
 * @throws {SetupError} when Wine or Node for Windows cannot be had
 */
export async function withWindows(work) {
  return await (process.platform === 'win32' ? work(native) : withWine(work))
}

/** @type {Windows} */
const native = {
  isWine: false,
  path: (path) => path,
  runNode: (args, env) =>
    runInForeground(pinnedNode, args, {
      cwd: root,
      env: toolEnvironment(env),
      stdin: 'ignore',
      killAfterMs: CLEAN_END_MS,
    }),
}

async function withWine(work) {
  const wine = await ensureWine()
  const node = await ensureWindowsNode()
  const prefix = await createPrefix(wine)
  say(`Node for Windows under ${wine.version}: ${node.executable}`)
  const settings = {
    ...prefixEnvironment(prefix),
    NODE_PATH: node.modules,
    // Wine puts it into PATH.
    WINEPATH: toWindowsPath(dirname(node.executable)),
  }
  try {
    return await work({
      isWine: true,
      path: toWindowsPath,
      runNode: (args, env) =>
        withShownFile((output) =>
          runInForeground(wine.loader, [node.executable, ...args], {
            cwd: root,
            env: { ...process.env, ...colours(), ...env, ...settings },
            stdin: 'ignore',
            output,
            killAfterMs: CLEAN_END_MS,
          }),
        ),
    })
  } finally {
    await endPrefix(wine, prefix)
  }
}

/** There is no terminal to be found by what writes into a file, and on Windows most programs then guess that there is. */
function colours() {
  return process.stdout.isTTY && !process.env.NO_COLOR
    ? { FORCE_COLOR: '1' }
    : { NO_COLOR: '1', FORCE_COLOR: undefined }
}

/**
 * Node for Windows wants files, or pipes of Windows, for its standard streams. So its output goes into a file, and from
 * there to the terminal as it comes.
 */
async function withShownFile(work) {
  const folder = mkdtempSync(join(tmpdir(), 'agentos-output-'))
  const file = join(folder, 'output')
  const [output, input] = [openSync(file, 'a'), openSync(file, 'r')]
  const buffer = Buffer.alloc(1 << 16)
  const read = () => readSync(input, buffer)
  const show = () => {
    for (let size = read(); size > 0; size = read()) {
      process.stdout.write(Buffer.from(buffer.subarray(0, size)))
    }
  }
  const timer = setInterval(show, SHOW_MS)
  try {
    return await work(output)
  } finally {
    clearInterval(timer)
    show()
    closeSync(output)
    closeSync(input)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Running what is installed in node_modules, always under the pinned Node and never under the machine's. */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { modules, root } from './paths.mjs'
import { collect, runInForeground } from './processes.mjs'
import { SetupError } from './say.mjs'

/** The `node` dev dependency's executable itself: on Windows `.bin/node` is only a shell wrapper around it. */
export const pinnedNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/**
 * @param {string} packageName
 * @returns {Record<string, any>} the installed package's package.json
 * @throws {SetupError} when it is not installed
 */
export function installedPackage(packageName) {
  try {
    return JSON.parse(readFileSync(join(modules, packageName, 'package.json'), 'utf8'))
  } catch (error) {
    throw new SetupError(`${packageName} is not installed (${error.message}). Delete node_modules and try again.`)
  }
}

/**
 * Environment for a child: the pinned Node comes first on the path, for tools that start `node` themselves.
 * ELECTRON_RUN_AS_NODE is dropped, since terminals inside Electron apps leak it and it would turn ours into Node.
 *
 * @param {NodeJS.ProcessEnv} [changes] an undefined value removes the variable
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(changes = {}) {
  const path = [join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter)
  return { ...process.env, PATH: path, ELECTRON_RUN_AS_NODE: undefined, ...changes }
}

/**
 * @param {string} packageName
 * @param {string} bin name of the program in that package
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {{stdin?: 'inherit' | 'ignore', killAfterMs?: number}} [options]
 * @returns {Promise<number>} exit code
 * @throws {SetupError} when it is not installed
 */
export async function runTool(packageName, bin, args, env, options = {}) {
  return await runNode([toolScript(packageName, bin), ...args], env, options)
}

/**
 * Like {@link runTool}, with the output collected instead of shown.
 *
 * @returns {Promise<{code: number, output: string}>}
 * @throws {SetupError} when it is not installed
 */
export async function collectTool(packageName, bin, args) {
  const argv = [toolScript(packageName, bin), ...args]
  return await collect(pinnedNode, argv, { cwd: root, env: toolEnvironment() })
}

/** Node 24 strips types itself. @returns {Promise<number>} exit code */
export async function runTypeScript(file, args, env) {
  if (!existsSync(join(root, file))) throw new SetupError(`${file} does not exist.`)
  return await runNode([join(root, file), ...args], env)
}

async function runNode(args, env, options = {}) {
  return await runInForeground(pinnedNode, args, { cwd: root, env: toolEnvironment(env), ...options })
}

/**
 * @param {string} packageName
 * @param {string} bin name of the program in that package
 * @returns {string} absolute path of its script
 * @throws {SetupError} when it is not installed
 */
export function toolScript(packageName, bin) {
  const { bin: bins } = installedPackage(packageName)
  return join(modules, packageName, typeof bins === 'string' ? bins : bins[bin])
}

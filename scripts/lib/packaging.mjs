/** What guards a release. */
import { SetupError } from './say.mjs'
import { installedPackage } from './tools.mjs'

/**
 * A package embeds the pinned Electron with its security fixes, or it is not made.
 *
 * @param {import('./electron.mjs').Electron} electron
 * @throws {SetupError} when only another runtime is at hand
 */
export function refuseOldRuntime({ version }) {
  const pinned = installedPackage('electron').version
  if (version === pinned) return
  throw new SetupError(
    `Not packaging: a release embeds the official Electron ${pinned}, and only ${version} is at hand. ` +
      'Run this on a network that reaches the official download or a mirror (ELECTRON_MIRROR), with ' +
      'AGENTOS_ELECTRON_RETRY=1 if an earlier attempt failed.',
  )
}

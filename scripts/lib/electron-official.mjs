/**
 * The official Electron, fetched by the `electron` package's own installer, which also verifies it. On a network
 * that swallows packets that installer would hang for minutes, so a short probe comes first and the rest is bounded.
 */
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { modules, root } from './paths.mjs'
import { collect } from './processes.mjs'
import { firstLines, say } from './say.mjs'
import { installedPackage, pinnedNode, toolEnvironment } from './tools.mjs'

export const officialFolder = join(modules, 'electron', 'dist')

const PROBE_MS = 5_000
/** About 120 MB: enough for a slow line (200 kB/s), not for one that stands still. */
const DOWNLOAD_MS = 10 * 60_000
const probeScript = fileURLToPath(new URL('./probe-url.mjs', import.meta.url))

/** The installer's own choice of address: the mirror variables it documents, then GitHub. @returns {string} */
export function officialUrl() {
  const { version } = installedPackage('electron')
  const env = process.env
  const mirror =
    env.npm_config_electron_mirror ||
    env.NPM_CONFIG_ELECTRON_MIRROR ||
    env.ELECTRON_MIRROR ||
    'https://github.com/electron/electron/releases/download/'
  const folder =
    env.npm_config_electron_custom_dir || env.NPM_CONFIG_ELECTRON_CUSTOM_DIR || env.ELECTRON_CUSTOM_DIR || `v${version}`
  return `${mirror}${folder.replace('{{ version }}', version)}/${zipName(version)}`
}

/**
 * @returns {Promise<{ok: true} | {ok: false, reason: string}>} a network that does not deliver is an expected result
 */
export async function downloadOfficial() {
  const { version } = installedPackage('electron')
  // Both children are Node 24, which honours HTTPS_PROXY for fetch when told to.
  const env = toolEnvironment({ NODE_USE_ENV_PROXY: '1', ELECTRON_OVERRIDE_DIST_PATH: undefined })
  if (!wasDownloadedBefore(zipName(version))) {
    const probe = await collect(pinnedNode, [probeScript, officialUrl(), String(PROBE_MS)], {
      cwd: root,
      env,
      timeoutMs: PROBE_MS + 1_000,
    })
    if (probe.code !== 0) return { ok: false, reason: probe.stdout.trim() || 'the probe timed out' }
  }
  say(`Downloading Electron ${version} ...`)
  const installer = join(modules, 'electron', 'install.js')
  const { code, output } = await collect(pinnedNode, [installer], { cwd: root, env, timeoutMs: DOWNLOAD_MS })
  const arrived = code === 0 && existsSync(join(officialFolder, 'version'))
  return arrived ? { ok: true } : { ok: false, reason: `its installer failed: ${firstLines(output, 2)}` }
}

function zipName(version) {
  return `electron-v${version}-${process.platform}-${process.arch}.zip`
}

/** The installer keeps what it downloads, one folder per address; then it needs no network. */
function wasDownloadedBefore(zip) {
  const cache = process.env.electron_config_cache || defaultCache()
  try {
    return readdirSync(cache).some((folder) => existsSync(join(cache, folder, zip)))
  } catch {
    return false
  }
}

function defaultCache() {
  const { env, platform } = process
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'electron')
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'electron', 'Cache')
  }
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'electron')
}

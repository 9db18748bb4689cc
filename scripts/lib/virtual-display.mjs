/**
 * A screen and a session bus of our own (Linux): for machines without a display, and for every test, so that tests
 * neither see nor touch the person's desktop.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './paths.mjs'
import { Interrupted, spawnOwned, wasInterrupted } from './processes.mjs'
import { SetupError, say } from './say.mjs'

const READY_MS = 15_000
const END_MS = 2_000
const busConfiguration = fileURLToPath(new URL('./session-bus.conf', import.meta.url))

export function displayIsMissing() {
  return process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
}

/**
 * Runs `work` with a virtual display and ends the display afterwards, however `work` ends. Elsewhere than on Linux
 * `work` runs on the machine's own screen.
 *
 * @template T
 * @param {{privateHome: boolean}} options `privateHome`: also keep settings, caches and data away from the person's
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work gets the variables to start programs with
 * @returns {Promise<T>}
 * @throws {SetupError} when the display or the bus does not start
 */
export async function withVirtualDisplay({ privateHome }, work) {
  if (process.platform !== 'linux') return await work({})
  const folder = mkdtempSync(join(tmpdir(), 'agentos-'))
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeFolder)
  /** @type {Server[]} */
  const servers = []
  try {
    const cookies = writeDisplayCookie(folder)
    servers.push(spawnServer('Xvfb', xvfbArguments(cookies)))
    const busAddress = `unix:path=${join(folder, 'bus')}`
    servers.push(spawnServer('dbus-daemon', busArguments(busAddress)))
    const [display] = await Promise.all(servers.map(({ ready }) => ready))
    if (wasInterrupted()) throw new Interrupted()
    say(`Virtual display :${display} (Xvfb) with a session bus of its own.`)
    return await work({
      DISPLAY: `:${display}`,
      XAUTHORITY: cookies,
      DBUS_SESSION_BUS_ADDRESS: busAddress,
      // What tells toolkits about the person's real session; Electron would choose Wayland by these.
      WAYLAND_DISPLAY: undefined,
      XDG_SESSION_TYPE: 'x11',
      XDG_CURRENT_DESKTOP: undefined,
      XDG_RUNTIME_DIR: folder,
      ...(privateHome ? privateFolders(folder) : {}),
    })
  } finally {
    await Promise.all(servers.map(({ end }) => end()))
    process.off('exit', removeFolder)
    removeFolder()
  }
}

function xvfbArguments(cookies) {
  // The server picks a free number itself and writes it to descriptor 3: no race between two test runs.
  return ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp', '-noreset', '-auth', cookies]
}

function busArguments(address) {
  return [`--config-file=${busConfiguration}`, `--address=${address}`, '--nofork', '--nopidfile', '--print-address=3']
}

function privateFolders(folder) {
  const folders = {}
  for (const name of ['config', 'cache', 'data', 'state']) {
    const path = join(folder, name)
    mkdirSync(path)
    folders[`XDG_${name.toUpperCase()}_HOME`] = path
  }
  return folders
}

/**
 * Keeps other users of the machine off the display. Written by hand, for any host and display number, because the
 * number is only known once the server has read the file.
 *
 * @returns {string} path of the file, in the format of Xauthority
 */
function writeDisplayCookie(folder) {
  const field = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
  const anyHost = Buffer.from([255, 255])
  const none = Buffer.alloc(0)
  const entry = [anyHost, field(none), field(none), field(Buffer.from('MIT-MAGIC-COOKIE-1')), field(randomBytes(16))]
  const file = join(folder, 'Xauthority')
  writeFileSync(file, Buffer.concat(entry), { mode: 0o600 })
  return file
}

/**
 * @typedef {{ready: Promise<string>, end: () => Promise<void>}} Server
 * @param {string} command
 * @param {string[]} args
 * @returns {Server} `ready`: the line it writes to descriptor 3 once it accepts clients
 */
function spawnServer(command, args) {
  const child = spawnOwned(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text
  })
  const gone = new Promise((resolve) => child.once('exit', resolve).once('error', resolve))
  const ready = new Promise((resolve, reject) => {
    const giveUp = (cause) => reject(new SetupError(`${command} did not start: ${cause}\n${complaints}`))
    const timer = setTimeout(giveUp, READY_MS, `not ready after ${READY_MS / 1000} s`)
    const settled = (settle) => (value) => {
      clearTimeout(timer)
      settle(value)
    }
    child.stdio[3].setEncoding('utf8').once(
      'data',
      settled((line) => resolve(line.trim())),
    )
    child.once('error', settled(giveUp))
    child.once(
      'exit',
      settled((code) => giveUp(`it ended with code ${code}`)),
    )
  })
  // Both servers are awaited together; the second failure of a pair must not count as unhandled.
  ready.catch(() => undefined)
  return {
    ready,
    async end() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
      await gone
      clearTimeout(timer)
    },
  }
}

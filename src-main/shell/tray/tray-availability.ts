import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'

/** What the session bus says about a panel that shows StatusNotifierItems. */
export type StatusNotifierHost = 'present' | 'absent' | 'unknown'

export interface TrayAvailabilityOptions {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  /** Replaced in tests. */
  readonly askForHost?: () => Promise<StatusNotifierHost>
  /**
   * How long to wait for a panel. At login the app may come first, and Electron looks once, while the Tray is made: without
   * a host it falls back to an X11 icon for the rest of its life.
   */
  readonly waitMs?: number
}

const WATCHER = 'org.kde.StatusNotifierWatcher'
const ASK_TIMEOUT_MS = 1000
const ASK_AGAIN_MS = 500

/**
 * Whether this desktop shows tray icons. Electron does not say (electron/electron issue 5872), so this asks the session
 * bus what Chromium asks it. The two ways to be wrong differ: "yes" without a tray hides the window for good, "no" with a
 * tray only minimises it. Hence "yes" needs a reason.
 */
export async function isTrayAvailable(options: TrayAvailabilityOptions): Promise<boolean> {
  if (options.platform !== 'linux') return true
  const ask = options.askForHost ?? (() => askSessionBus(options.env))
  const deadline = Date.now() + (options.waitMs ?? 0)
  let host = await ask()
  while (host === 'absent' && Date.now() < deadline) {
    await delay(ASK_AGAIN_MS)
    host = await ask()
  }
  return host === 'present' || hasX11Tray(options.env)
}

/**
 * Without a StatusNotifierHost Electron docks an X11 (XEmbed) icon. No X client can ask cheaply whether anybody takes
 * those, so this goes by the desktop: they exist only on X11, where all but GNOME still have a place for them. A session
 * that names no desktop (a bare window manager, a virtual display) counts as without.
 */
function hasX11Tray(env: NodeJS.ProcessEnv): boolean {
  const isWayland = env.XDG_SESSION_TYPE === 'wayland' || Boolean(env.WAYLAND_DISPLAY)
  const desktops = (env.XDG_CURRENT_DESKTOP ?? '').split(':').filter((desktop) => desktop !== '')
  return !isWayland && desktops.length > 0 && !desktops.includes('GNOME')
}

/** Asks with dbus-send, which comes with the bus itself, or gdbus (glib) where a distribution split it off. */
async function askSessionBus(env: NodeJS.ProcessEnv): Promise<StatusNotifierHost> {
  const address = env.DBUS_SESSION_BUS_ADDRESS ?? (env.XDG_RUNTIME_DIR && `unix:path=${env.XDG_RUNTIME_DIR}/bus`)
  // Without an address dbus-send would start a bus of its own.
  if (!address) return 'absent'
  const path = '/StatusNotifierWatcher'
  const get = 'org.freedesktop.DBus.Properties.Get'
  const property = [WATCHER, 'IsStatusNotifierHostRegistered']
  const dbusSend = [
    '--print-reply=literal',
    `--dest=${WATCHER}`,
    path,
    get,
    ...property.map((name) => `string:${name}`),
  ]
  const gdbus = ['call', '--session', '--dest', WATCHER, '--object-path', path, '--method', get, ...property]
  const said = await run('dbus-send', ['--session', ...dbusSend], address)
  return said === 'unknown' ? await run('gdbus', gdbus, address) : said
}

/** An error reply (nobody owns the name) means absent; a program that is missing or hangs says nothing. */
async function run(program: string, args: readonly string[], address: string): Promise<StatusNotifierHost> {
  const env = { DBUS_SESSION_BUS_ADDRESS: address }
  const result = await execa(program, args, { env, reject: false, timeout: ASK_TIMEOUT_MS, stdin: 'ignore' })
  if (result.exitCode === undefined || result.timedOut) return 'unknown'
  return result.exitCode === 0 && /\btrue\b/.test(result.stdout) ? 'present' : 'absent'
}

/** Running the app for a person: `npm start` and `npm run dev`. */
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './paths.mjs'
import { collect, runInForeground } from './processes.mjs'
import { SetupError, say } from './say.mjs'
import { runTool, toolEnvironment } from './tools.mjs'
import { displayIsMissing, withVirtualDisplay } from './virtual-display.mjs'

/**
 * @param {import('./electron.mjs').Electron} electron
 * @param {string[]} args passed on to the app
 * @returns {Promise<number>} the app's exit code, once it has quit
 */
export async function startApp(electron, args) {
  const switches = (await sandboxIsUsable(electron)) ? [] : ['--no-sandbox']
  return await onSomeDisplay((env, appArgs) =>
    runInForeground(electron.executable, [...switches, root, ...appArgs, ...args], {
      cwd: root,
      env: toolEnvironment({ ...env, ...electron.env }),
    }),
  )
}

/**
 * @param {import('./electron.mjs').Electron} electron
 * @param {string[]} args passed on to the app
 * @returns {Promise<number>} exit code
 */
export async function startDevServer(electron, args) {
  const sandbox = (await sandboxIsUsable(electron)) ? {} : { NO_SANDBOX: '1' }
  return await onSomeDisplay((env, appArgs) =>
    runTool('electron-vite', 'electron-vite', ['dev', '--', ...appArgs, ...args], {
      ...env,
      ...electron.env,
      ...sandbox,
    }),
  )
}

/** Where nobody can see the window, the app tells what happens on stdout instead, and shows it with the demo server. */
async function onSomeDisplay(run) {
  if (!displayIsMissing()) return await run({}, [])
  say('No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): the app runs unseen and prints its events.')
  return await withVirtualDisplay({ privateHome: false }, (env) => run(env, ['--print-events', '--start=demo:server']))
}

/** Chromium refuses to start as root with its sandbox, and aborts where the kernel offers none. */
async function sandboxIsUsable({ executable }) {
  if (process.platform !== 'linux') return true
  if (process.getuid() === 0) {
    say('Running as root, so without the Chromium sandbox (--no-sandbox).')
    return false
  }
  const helper = join(dirname(executable), 'chrome-sandbox')
  if (helperIsPrivileged(helper) || (await userNamespacesWork())) return true
  say(
    'The kernel does not let this user create namespaces, so without the Chromium sandbox (--no-sandbox). ' +
      `To have it: sudo chown root '${helper}' && sudo chmod 4755 '${helper}'`,
  )
  return false
}

function helperIsPrivileged(helper) {
  try {
    const { uid, mode } = statSync(helper)
    return uid === 0 && (mode & 0o4000) !== 0
  } catch {
    return false
  }
}

/** Tried, not read from /proc/sys: sysctls, AppArmor and container filters can each forbid it. */
async function userNamespacesWork() {
  try {
    return (await collect('unshare', ['--user', '--map-root-user', 'true'], { cwd: root })).code === 0
  } catch (error) {
    // Without the program to try it with, leave it to Chromium to say so.
    if (error instanceof SetupError) return true
    throw error
  }
}

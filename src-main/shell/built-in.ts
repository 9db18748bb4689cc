import { join } from 'node:path'
import { app } from 'electron'
import { runDemoServer } from '../demo-server/demo-server.ts'
import { becomePauseGuard } from '../os/pause-guard.ts'
import type { Program } from '../services/find-binary.ts'
import { DEMO_SERVER_FLAG, PAUSE_GUARD_FLAG } from './command-line.ts'

/**
 * How to start this app's executable as something else than the app, which a flag says that main.ts looks at first: packaged apps may not be used as Node (the RunAsNode fuse is
 * off).
 */
function ownProgram(flag: string): Program {
  const appFolder = app.isPackaged ? [] : [app.getAppPath()]
  // No window, so no GPU process; and Chromium's own remarks stay out of the server's output. It still needs the display
  // the app has: without one Chromium ends, and its headless mode crashes as soon as GTK looks for one.
  const chromium = ['--disable-gpu', '--log-level=3']
  const sandbox = process.argv.includes('--no-sandbox') ? ['--no-sandbox'] : []
  return { command: process.execPath, args: [...appFolder, ...sandbox, ...chromium, flag] }
}

/** Programs that are part of the app, by the binName that services.json calls them. */
export function builtInPrograms(): Readonly<Record<string, Program>> {
  return { 'agentos-demo-server': ownProgram(DEMO_SERVER_FLAG) }
}

/** Makes this process the demo server, and nothing else of the app. Ends the process. */
export async function becomeDemoServer(args: readonly string[], userData: string): Promise<void> {
  app.setPath('userData', userData)
  app.disableHardwareAcceleration()
  const stop = new AbortController()
  // Electron turns the polite signals into a quit before Node sees them.
  app.on('before-quit', (event) => {
    event.preventDefault()
    stop.abort()
  })
  const { command, args: selfArgs } = ownProgram(DEMO_SERVER_FLAG)
  const code = await runDemoServer(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    selfCommand: { command, args: selfArgs },
    textPath: join(app.getAppPath(), 'assets/demo/text.txt'),
    stop: stop.signal,
  })
  process.exit(code)
}

/** How the guard of paused processes is started (os/pause-guard.ts). */
export function pauseGuardCommand(address: string): [string, ...string[]] {
  const { command, args } = ownProgram(`${PAUSE_GUARD_FLAG}${address}`)
  return [command, ...args]
}

/** Makes this process that guard, and nothing else of the app. Ends the process. */
export async function becomeGuard(address: string, userData: string): Promise<void> {
  app.setPath('userData', userData)
  app.disableHardwareAcceleration()
  process.exit(await becomePauseGuard(address))
}

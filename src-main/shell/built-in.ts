import { join } from 'node:path'
import { app } from 'electron'
import { runDemoServer } from '../demo-server/demo-server.ts'
import type { Program } from '../services/find-binary.ts'
import { DEMO_SERVER_FLAG } from './command-line.ts'

/**
 * How to start this app's executable as the demo server: packaged apps may not be used as Node (the RunAsNode fuse is
 * off), so it is the app itself with a flag that main.ts looks at first.
 */
function demoServerProgram(): Program {
  const appFolder = app.isPackaged ? [] : [app.getAppPath()]
  // No window, so no GPU process; and Chromium's own remarks stay out of the server's output. It still needs the display
  // the app has: without one Chromium ends, and its headless mode crashes as soon as GTK looks for one.
  const chromium = ['--disable-gpu', '--log-level=3']
  const sandbox = process.argv.includes('--no-sandbox') ? ['--no-sandbox'] : []
  return { command: process.execPath, args: [...appFolder, ...sandbox, ...chromium, DEMO_SERVER_FLAG] }
}

/** Programs that are part of the app, by the binName that services.json calls them. */
export function builtInPrograms(): Readonly<Record<string, Program>> {
  return { 'agentos-demo-server': demoServerProgram() }
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
  const { command, args: selfArgs } = demoServerProgram()
  const code = await runDemoServer(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    selfCommand: { command, args: selfArgs },
    textPath: join(app.getAppPath(), 'assets/demo/text.txt'),
    stop: stop.signal,
  })
  process.exit(code)
}

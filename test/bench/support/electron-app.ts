import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceDefinition } from '../../../src-main/core/service-config.ts'
import { electronExecutable, repositoryRoot } from '../../e2e/support/launch-app.ts'

/** An Electron without Playwright, whose debugging connection would be part of what is measured. */
export class ElectronApp {
  readonly #child: ChildProcess

  constructor(folder: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    // Chromium's sandbox does not start for root.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    this.#child = spawn(electronExecutable(), [...sandbox, folder, ...args], {
      stdio: 'ignore',
      env: { ...process.env, ...env },
    })
  }

  /** Of the main process. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Ends it as a crash does; what it started goes on. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}

/** The app, in the tray, in a home of its own with these services, which start with it. */
export async function startHiddenApp(home: string, services: readonly ServiceDefinition[]): Promise<ElectronApp> {
  await mkdir(join(home, 'config'), { recursive: true })
  const entries = services.map(({ key, name, binName, args, port, restart, health, graceSeconds }) => ({
    key,
    name,
    binName,
    args: { extraArgs: args, ...(port === null ? {} : { port }) },
    autoStart: true,
    restart,
    health: { type: health.type },
    stop: { graceSeconds },
  }))
  await writeFile(join(home, 'config/services.json'), JSON.stringify({ version: 1, services: entries }))
  return new ElectronApp(repositoryRoot, ['--hidden'], { AGENTOS_HOME: home })
}

/** An app whose main process runs `code` and does nothing else. */
export async function startPlainApp(
  folder: string,
  code: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ElectronApp> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'plain', version: '1.0.0', main: 'main.cjs' }))
  const main = `const { app } = require('electron')
app.setPath('userData', __dirname + '/data')
app.whenReady().then(() => require('./work.cjs'))
`
  await writeFile(join(folder, 'main.cjs'), main)
  await writeFile(join(folder, 'work.cjs'), code)
  return new ElectronApp(folder, [], env)
}

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ElectronApplication, _electron as electron, type Page } from 'playwright'
import { waitFor } from '../../support/wait-for.ts'

export const repositoryRoot = join(import.meta.dirname, '../../..')

/** The Electron under test; `npm test` says which. */
export function electronExecutable(): string {
  const path = process.env.AGENTOS_TEST_ELECTRON
  if (path === undefined || !existsSync(path)) {
    throw new Error(`expected the path of an Electron in AGENTOS_TEST_ELECTRON, got "${path}"; run it with npm test`)
  }
  return path
}

/** A new, empty AGENTOS_HOME. */
export function makeHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'agentos-e2e-'))
}

export interface RunningApp {
  readonly app: ElectronApplication
  readonly home: string
  readonly pid: number
  /** The window, once it shows its services. */
  window(): Promise<Page>
  /** Quits as a person does, answering the question about running services with `action`. */
  quit(action?: 'stop' | 'leave'): Promise<void>
  /** As a crash: nothing gets a chance to clean up. */
  kill(): Promise<void>
}

interface LaunchOptions {
  readonly home: string
  readonly args?: readonly string[]
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the real app in a home of its own. The caller quits or kills it. */
export async function launchApp({ home, args = [], env = {} }: LaunchOptions): Promise<RunningApp> {
  const app = await electron.launch({
    executablePath: electronExecutable(),
    args: [repositoryRoot, ...args],
    // As the app sets it, not as Playwright would.
    colorScheme: null,
    env: { ...process.env, ...env, AGENTOS_HOME: home } as Record<string, string>,
  })
  const child = app.process()
  const pid = child.pid ?? 0
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  return {
    app,
    home,
    pid,
    async window() {
      const page = await app.firstWindow()
      await page.getByRole('list', { name: 'Services' }).waitFor()
      return page
    },
    async quit(action = 'stop') {
      // The question is a native dialog, which nothing on this display can click.
      await app.evaluate(
        ({ app: electronApp, dialog }, response) => {
          dialog.showMessageBox = () => Promise.resolve({ response, checkboxChecked: false })
          // Answered before it ends, so that this call comes back.
          setImmediate(() => electronApp.quit())
        },
        action === 'stop' ? 0 : 1,
      )
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Removes a home, and fails if anything of the app still runs from it. */
export async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
}

/** True once no process with this pid exists (a zombie does not count). */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

/** Waits until an HTTP GET of `url` is answered with `status`. */
export function waitForHttp(url: string, status = 200): Promise<Response> {
  return waitFor(
    () =>
      fetch(url).then(
        (response) => response.status === status && response,
        () => false as const,
      ),
    {
      what: `${url} to answer ${status}`,
    },
  )
}

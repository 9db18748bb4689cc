import { app, type BrowserWindow, dialog } from 'electron'
import type { QuitAction } from '../../src-preload/contract/app-view.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import type { SettingsStore } from '../services/settings-store.ts'

export interface QuitOptions {
  readonly manager: ProcessManager
  readonly settings: SettingsStore
  /** The window to ask in front of, if it is visible. */
  readonly parent: () => BrowserWindow | null
  /** Ends tray, watchers and everything else of the app. */
  readonly dispose: () => void
}

type Phase = 'running' | 'asking' | 'stopping' | 'ready'

/** A tree that cannot be ended within its grace period and this much more is left to its record and the next start. */
const STOP_SLACK_MS = 10_000

/**
 * Quitting in phases with a deadline (DESIGN.md, D10): the question what to do with running services is asked once, the
 * services are stopped or left, and only then does the app end.
 */
export class QuitController {
  readonly #options: QuitOptions
  #phase: Phase = 'running'
  #isBySignal = false

  constructor(options: QuitOptions) {
    this.#options = options
  }

  /** True from the moment the app is certain to end: a closed window stays closed then. */
  get isQuitting(): boolean {
    return this.#phase === 'stopping' || this.#phase === 'ready'
  }

  /** Takes part in every way the app can be asked to quit. */
  listen(): void {
    app.on('before-quit', (event) => {
      if (this.#phase === 'ready') return
      event.preventDefault()
      void this.#run()
    })
    // Ctrl-C in a terminal, or the end of the session: nobody is there to answer a question.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        this.#isBySignal = true
        app.quit()
      })
    }
  }

  async #run(): Promise<void> {
    if (this.#phase !== 'running') return
    this.#phase = 'asking'
    const action = await this.#decide()
    if (action === null) {
      this.#phase = 'running'
      return
    }
    this.#phase = 'stopping'
    if (action === 'stop') await this.#stopServices()
    this.#options.manager.dispose()
    this.#options.dispose()
    this.#phase = 'ready'
    app.quit()
  }

  /** Null if the person wants to stay. */
  async #decide(): Promise<Exclude<QuitAction, 'ask'> | null> {
    const remembered = this.#options.settings.settings.quitAction
    if (remembered !== 'ask') return remembered
    // Without a word from the person nothing is left behind that they would have to look for.
    if (this.#isBySignal || !hasInstances(this.#options.manager)) return 'stop'
    return this.#ask()
  }

  async #ask(): Promise<Exclude<QuitAction, 'ask'> | null> {
    const question = {
      type: 'question',
      message: 'Stop the running services as well?',
      detail:
        'Services that are left running keep their memory and ports. AgentOS Tray takes them over at its next start.',
      buttons: ['Stop services and quit', 'Leave them running and quit', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
      checkboxLabel: 'Remember my choice',
      noLink: true,
    } satisfies Electron.MessageBoxOptions
    const parent = this.#options.parent()
    const asked = parent === null ? dialog.showMessageBox(question) : dialog.showMessageBox(parent, question)
    const { response, checkboxChecked } = await asked
    const action = (['stop', 'leave', null] as const)[response] ?? null
    if (action !== null && checkboxChecked)
      await this.#options.settings.update({ quitAction: action }).catch(() => null)
    return action
  }

  async #stopServices(): Promise<void> {
    const { manager } = this.#options
    const longestGrace = Math.max(0, ...manager.graceSeconds().map((seconds) => seconds * 1000))
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, longestGrace + STOP_SLACK_MS)
    })
    await Promise.race([manager.stopAll(), deadline])
    clearTimeout(timer)
  }
}

function hasInstances(manager: ProcessManager): boolean {
  return Object.values(manager.listAllProcesses()).some(({ running }) => running)
}

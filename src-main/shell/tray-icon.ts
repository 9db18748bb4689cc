import { join } from 'node:path'
import { clipboard, type Menu, type NativeImage } from 'electron'
import type { Outcome } from '../manager/outcome.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import { electronTray } from './tray/electron-tray.ts'
import { type TrayActions, TrayController } from './tray/tray.ts'
import { trayModel } from './tray/tray-model.ts'
import type { MainWindow } from './window.ts'

export interface TrayIconOptions {
  readonly manager: ProcessManager
  readonly window: MainWindow
  readonly appPath: string
  readonly quit: () => void
  readonly warn: (message: string) => void
}

/** The icon in the tray. It shows what the manager says. */
export class TrayIcon {
  readonly #options: TrayIconOptions
  #tray: TrayController<NativeImage, Menu> | null = null
  #unsubscribe: () => void = () => undefined

  constructor(options: TrayIconOptions) {
    this.#options = options
  }

  /** True once people can see it: only then may the window hide. */
  get isAvailable(): boolean {
    return this.#tray?.available ?? false
  }

  /** @param isShownByDesktop whether this desktop shows tray icons at all (tray-availability.ts) */
  show(isShownByDesktop: boolean): void {
    const { manager, appPath, warn } = this.#options
    const tray = new TrayController({
      factory: electronTray(join(appPath, 'assets/icons')),
      platform: process.platform,
      isShownByDesktop,
      onError: (error) => warn(`The tray icon could not be shown: ${String(error)}`),
      actions: this.#actions(),
    })
    this.#tray = tray
    const render = () => tray.render(trayModel(manager.snapshot().services))
    this.#unsubscribe = manager.subscribe(render).unsubscribe
    render()
  }

  dispose(): void {
    this.#unsubscribe()
    this.#tray?.dispose()
  }

  #actions(): TrayActions {
    const { manager, window, quit } = this.#options
    return {
      start: (key) => void this.#showFailure(key, manager.start(key)),
      stop: (key) => void this.#showFailure(key, manager.stopProcess(key)),
      restart: (key) => void this.#showFailure(key, manager.restart(key)),
      startAll: () => void this.#showFailure(null, manager.startAll()),
      stopAll: () => void this.#showFailure(null, manager.stopAll()),
      showLogs: (key) => window.showService(key),
      copyUrl: (key) => {
        const url = manager.snapshot().services.find((service) => service.key === key)?.url
        if (url != null) clipboard.writeText(url)
      },
      showWindow: () => window.show(),
      quit,
    }
  }

  /** What fails from the tray is shown where there is room for the reason: in the window. */
  async #showFailure(key: string | null, request: Promise<Outcome>): Promise<void> {
    const { window, warn } = this.#options
    const outcome = await request
    if (outcome.success) return
    warn(outcome.message)
    if (key === null) window.show()
    else window.showService(key)
  }
}

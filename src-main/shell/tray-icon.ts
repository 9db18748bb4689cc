import { join } from 'node:path'
import { clipboard } from 'electron'
import type { Outcome } from '../manager/outcome.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import { electronTray } from './tray/electron-tray.ts'
import { TrayController } from './tray/tray.ts'
import { trayModel } from './tray/tray-model.ts'
import type { MainWindow } from './window.ts'

export interface TrayIconOptions {
  readonly manager: ProcessManager
  readonly window: MainWindow
  readonly appPath: string
  readonly isShownByDesktop: boolean
  readonly quit: () => void
  readonly warn: (message: string) => void
}

/**
 * Puts the icon into the tray, and keeps it showing what the manager says. A start or stop that fails from the tray is
 * shown where there is room for the reason: in the window.
 */
export function showTrayIcon({ manager, window, appPath, isShownByDesktop, quit, warn }: TrayIconOptions) {
  const showFailure = async (key: string | null, request: Promise<Outcome>) => {
    const outcome = await request
    if (outcome.success) return
    warn(outcome.message)
    window.show()
    if (key !== null) window.send('window.showService', { key })
  }
  const tray = new TrayController({
    factory: electronTray(join(appPath, 'assets/icons')),
    platform: process.platform,
    isShownByDesktop,
    onError: (error) => warn(`The tray icon could not be shown: ${String(error)}`),
    actions: {
      start: (key) => void showFailure(key, manager.start(key)),
      stop: (key) => void showFailure(key, manager.stopProcess(key)),
      restart: (key) => void showFailure(key, manager.restart(key)),
      startAll: () => void showFailure(null, manager.startAll()),
      stopAll: () => void showFailure(null, manager.stopAll()),
      showLogs: (key) => {
        window.show()
        window.send('window.showService', { key })
      },
      copyUrl: (key) => {
        const url = manager.snapshot().services.find((service) => service.key === key)?.url
        if (url != null) clipboard.writeText(url)
      },
      showWindow: () => window.show(),
      quit,
    },
  })
  const render = () => tray.render(trayModel(manager.snapshot().services))
  const { unsubscribe } = manager.subscribe(render)
  render()
  return {
    isAvailable: () => tray.available,
    dispose: () => {
      unsubscribe()
      tray.dispose()
    },
  }
}

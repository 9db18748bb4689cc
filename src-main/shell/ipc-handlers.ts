import { mkdir } from 'node:fs/promises'
import { app, clipboard, shell } from 'electron'
import type { Theme } from '../../src-preload/contract/app-view.ts'
import type { LogWatcher } from '../logs/log-watcher.ts'
import type { Outcome } from '../manager/outcome.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import { getLogDir } from '../os/directories.ts'
import type { ConfigStore } from '../services/config-store.ts'
import type { SettingsStore } from '../services/settings-store.ts'
import { definitionOnFreePort } from './free-port.ts'
import { type Handlers, okReply, problemReply } from './ipc-dispatch.ts'
import type { Notices } from './notices.ts'
import type { TrayIcon } from './tray-icon.ts'
import type { WindowFeed } from './window-feed.ts'

export interface HandlerContext {
  readonly manager: ProcessManager
  readonly config: ConfigStore
  readonly settings: SettingsStore
  readonly feed: WindowFeed
  readonly logs: LogWatcher
  readonly tray: TrayIcon
  readonly notices: Notices
  /** Before it settles there are no services to tell of. */
  readonly ready: Promise<void>
  readonly applyTheme: (theme: Theme) => void
}

const UNKNOWN_SERVICE = { code: 'unknown-service', message: 'There is no such service any more.', hint: '' }
const NO_PORT = { code: 'no-port', message: 'This service has no port to open.', hint: '' }

function outcomeReply({ success, message, failure }: Outcome) {
  if (success) return okReply({ message })
  return problemReply(failure ?? { code: 'failed', message, hint: '' })
}

/** Carries out what the window asks for. Each function gets validated input and answers with a value. */
export function createHandlers(context: HandlerContext): Handlers {
  const { manager, config, settings, feed, logs, tray, notices, ready } = context
  const serviceOf = (key: string) => manager.snapshot().services.find((service) => service.key === key)
  return {
    'services.subscribe': async () => {
      await ready
      return okReply(feed.subscribe())
    },
    'services.start': async ({ key }) => outcomeReply(await manager.start(key)),
    'services.stop': async ({ key, force = false }) => outcomeReply(await manager.stopProcess(key, { force })),
    'services.restart': async ({ key }) => outcomeReply(await manager.restart(key)),
    'services.stopExternal': async ({ key, pid }) => outcomeReply(await manager.stopExternal(key, pid)),
    'services.startOnFreePort': async ({ key }) => {
      const free = await definitionOnFreePort(config.state.entries, key)
      return free.ok ? outcomeReply(await manager.startAs(free.value)) : free
    },
    'services.startAll': async () => outcomeReply(await manager.startAll()),
    'services.stopAll': async () => outcomeReply(await manager.stopAll()),
    'services.openUrl': async ({ key }) => {
      const url = serviceOf(key)?.url
      if (url == null) return problemReply(NO_PORT)
      await shell.openExternal(url) // Made by us from host and port: always http.
      return okReply(null)
    },
    'services.copyUrl': ({ key }) => {
      const url = serviceOf(key)?.url
      if (url == null) return problemReply(NO_PORT)
      clipboard.writeText(url)
      return okReply(null)
    },
    'usage.watch': ({ active }) => {
      feed.watchUsage(active)
      return okReply(null)
    },
    'logs.open': async ({ key, stream }) =>
      serviceOf(key) === undefined ? problemReply(UNKNOWN_SERVICE) : okReply(await logs.open(key, stream)),
    'logs.close': ({ key, stream }) => {
      logs.close(key, stream)
      return okReply(null)
    },
    'logs.page': async ({ key, stream, epoch, from, count }) => {
      const page = await logs.page(key, stream, epoch, from, count)
      if (page !== null) return okReply(page)
      return problemReply({
        code: 'log-changed',
        message: 'The log was truncated or replaced.',
        hint: 'Open it again.',
      })
    },
    'logs.reveal': async ({ key }) => {
      if (serviceOf(key) === undefined) return problemReply(UNKNOWN_SERVICE)
      const folder = manager.logs.folder(key)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return openPath(folder)
    },
    'app.info': () =>
      okReply({
        name: app.getName(),
        version: app.getVersion(),
        electronVersion: process.versions.electron,
        platform: process.platform,
        trayAvailable: tray.isAvailable,
        configFile: config.file,
        logDir: getLogDir(),
      }),
    'app.openConfig': () => openPath(config.file),
    'app.quit': () => {
      app.quit()
      return okReply(null)
    },
    'notices.get': () => okReply(notices.all),
    'notices.dismiss': ({ id }) => {
      notices.dismiss(id)
      return okReply(null)
    },
    'settings.get': () => okReply(settings.settings),
    'settings.set': async (change) => {
      // What was left out stays as it is.
      const given = Object.entries(change).filter(([, value]) => value !== undefined)
      const updated = await settings.update(Object.fromEntries(given))
      context.applyTheme(updated.theme)
      return okReply(updated)
    },
  }
}

async function openPath(path: string) {
  const failure = await shell.openPath(path)
  if (failure === '') return okReply(null)
  const hint = `Open ${path} by hand.`
  return problemReply({ code: 'open-failed', message: `The system could not open it: ${failure}`, hint })
}

import { app, clipboard, shell } from 'electron'
import type { Theme } from '../../src-preload/contract/app-view.ts'
import type { Outcome } from '../manager/outcome.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import { getLogDir } from '../os/directories.ts'
import type { ConfigStore } from '../services/config-store.ts'
import type { SettingsStore } from '../services/settings-store.ts'
import { definitionOnFreePort } from './free-port.ts'
import { type Handlers, okReply, problemReply } from './ipc-dispatch.ts'
import { askInFront, createLogHandlers, openPath } from './log-handlers.ts'
import type { LogWindows } from './log-windows.ts'
import type { Notices } from './notices.ts'
import type { ServerHandlers } from './server-handlers.ts'
import type { TrayIcon } from './tray-icon.ts'

export interface HandlerContext {
  readonly manager: ProcessManager
  readonly config: ConfigStore
  readonly settings: SettingsStore
  readonly logWindows: LogWindows
  readonly tray: TrayIcon
  readonly notices: Notices
  /** Before it settles there are no services to tell of. */
  readonly ready: Promise<void>
  readonly applyTheme: (theme: Theme) => void
}

const NO_PORT = { code: 'no-port', message: 'This service has no port to open.', hint: '' }

function outcomeReply({ success, message, failure }: Outcome) {
  if (success) return okReply({ message })
  return problemReply(failure ?? { code: 'failed', message, hint: '' })
}

/** Carries out what the window asks for. Each function gets validated input and answers with a value. */
export function createHandlers(context: HandlerContext): Omit<Handlers, keyof ServerHandlers> {
  const { manager, config, settings, tray, notices, ready } = context
  const serviceOf = (key: string) => manager.snapshot().services.find((service) => service.key === key)
  return {
    ...createLogHandlers(context),
    'services.subscribe': async (_input, { feed }) => {
      await ready
      return okReply(feed.subscribe())
    },
    'services.start': async ({ key }) => outcomeReply(await manager.start(key)),
    'services.stop': async ({ key, force = false }) => outcomeReply(await manager.stopProcess(key, { force })),
    'services.restart': async ({ key }) => outcomeReply(await manager.restart(key)),
    'services.stopExternal': async ({ key, pid }) => outcomeReply(await manager.stopExternal(key, pid)),
    'services.startOnFreePort': async ({ key }) => {
      const free = await definitionOnFreePort(config.state, key)
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
    'usage.watch': ({ active }, { feed }) => {
      feed.watchUsage(active)
      return okReply(null)
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
    'app.copyText': ({ text }) => {
      clipboard.writeText(text)
      return okReply(null)
    },
    'app.openLink': ({ url }) => openLink(url),
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

/** Logs are untrusted text: an address out of them is opened only if it is of the web, and only after the person read it. */
async function openLink(text: string) {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const message = 'Only addresses that begin with http:// or https:// are opened.'
    return problemReply({ code: 'not-a-web-address', message, hint: 'Copy it instead.' })
  }
  const { response } = await askInFront({
    type: 'question',
    message: 'Open this address in your browser?',
    detail: url.href,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  if (response === 0) await shell.openExternal(url.href)
  return okReply(null)
}

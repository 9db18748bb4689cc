import { app, type Session, session, type WebPreferences } from 'electron'
import { isAppUrl } from './app-protocol.ts'

/** The preferences of every window (DESIGN.md, D8). What is default today is written out, so that it stays so. */
export function securePreferences(preload: string): WebPreferences {
  return {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: !app.isPackaged,
  }
}

/** Whatever web contents come into being: they stay where they are, open nothing and embed nothing. */
function confineWebContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event, url) => {
      // Only a reload of our own page, as the development server asks for.
      if (!isAppUrl(url)) event.preventDefault()
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

function denyPermissions(target: Session): void {
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  target.setPermissionCheckHandler(() => false)
  target.setDevicePermissionHandler(() => false)
}

/**
 * Must be called before the app is ready: every renderer is sandboxed, whatever its window asks for. Chromium has no
 * sandbox for root and refuses to start; whoever then says --no-sandbox has decided, and enableSandbox would only make
 * its helper processes die over and over.
 */
export function enforceSandbox(): void {
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  confineWebContents()
}

/** Must be called when the app is ready, before the first window. */
export function denyAllPermissions(): void {
  denyPermissions(session.defaultSession)
}

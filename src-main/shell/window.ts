import { join } from 'node:path'
import { BrowserWindow, nativeTheme, type WebContents } from 'electron'
import type { EventChannel, EventPayload } from '../../src-preload/contract/contract.ts'
import { APP_URL } from './app-protocol.ts'
import { sendToWindow } from './ipc-router.ts'
import { securePreferences } from './security.ts'

export interface WindowOptions {
  readonly appPath: string
  /** True while closing the window means "keep running in the tray"; false if there is no tray to come back from. */
  readonly canHide: () => boolean
  /** True once the app is quitting: then closing closes. */
  readonly isQuitting: () => boolean
  /** Told when nobody can see the window any more, and when somebody can. */
  readonly onVisible: (isVisible: boolean) => void
  /** The page is gone or loaded anew: whatever it had asked to be told ends. */
  readonly onPageGone: () => void
}

const MIN_SIZE = { minWidth: 480, minHeight: 360 }
const SIZE = { width: 1080, height: 720 }

/** The one window. It is made when first shown; closing hides it (DESIGN.md, D10). */
export class MainWindow {
  readonly #options: WindowOptions
  #window: BrowserWindow | null = null

  constructor(options: WindowOptions) {
    this.#options = options
  }

  /** The window if somebody can see it. */
  get visible(): BrowserWindow | null {
    return this.#window?.isVisible() === true ? this.#window : null
  }

  isOurs(contents: WebContents): boolean {
    return this.#window !== null && !this.#window.isDestroyed() && this.#window.webContents === contents
  }

  /** Brings the window to the front, wherever it was. */
  show(): void {
    const window = this.#window
    if (window === null) {
      // Shown when there is something to see, so that nothing flashes.
      const created = this.#create()
      created.once('ready-to-show', () => created.show())
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  /** Brings the window to the front with this service's output. A page that is still loading is told once it listens. */
  showService(key: string): void {
    this.show()
    const contents = this.#window?.webContents
    if (contents?.isLoading() === true) contents.once('did-finish-load', () => this.send('window.showService', { key }))
    else this.send('window.showService', { key })
  }

  send<E extends EventChannel>(channel: E, payload: EventPayload<E>): void {
    if (this.#window !== null && !this.#window.isDestroyed()) sendToWindow(this.#window.webContents, channel, payload)
  }

  #create(): BrowserWindow {
    const { appPath, onVisible, onPageGone } = this.#options
    const window = new BrowserWindow({
      ...SIZE,
      ...MIN_SIZE,
      show: false,
      title: 'AgentOS Tray',
      // Elsewhere the icon comes with the executable.
      ...(process.platform === 'linux' ? { icon: join(appPath, 'assets/icons/app-256.png') } : {}),
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#f7f8fa',
      webPreferences: securePreferences(join(appPath, 'out/preload/preload.cjs')),
    })
    this.#window = window
    window.on('close', (event) => this.#onClose(event, window))
    window.on('closed', () => {
      this.#window = null
      onPageGone()
      onVisible(false)
    })
    window.on('show', () => onVisible(true))
    window.on('restore', () => onVisible(true))
    window.on('hide', () => onVisible(false))
    window.on('minimize', () => onVisible(false))
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) onPageGone()
    })
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      // The page keeps nothing that the main process does not know: a new one is as good as the old.
      if (reason !== 'clean-exit' && !window.isDestroyed()) window.reload()
    })
    void window.loadURL(APP_URL)
    return window
  }

  #onClose(event: Electron.Event, window: BrowserWindow): void {
    if (this.#options.isQuitting()) return
    event.preventDefault()
    if (this.#options.canHide()) window.hide()
    else window.minimize()
  }
}

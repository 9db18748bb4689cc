import type { BrowserWindow } from 'electron'
import type { EventChannel, EventPayload } from '../../src-preload/contract/contract.ts'
import { APP_URL } from './app-protocol.ts'
import type { AppWindows } from './app-window.ts'
import type { WindowPlaces } from './window-places.ts'

export interface WindowOptions {
  readonly windows: AppWindows
  readonly places: WindowPlaces
  /** True while closing the window means "keep running in the tray"; false if there is no tray to come back from. */
  readonly canHide: () => boolean
  /** True once the app is quitting: then closing closes. */
  readonly isQuitting: () => boolean
}

const MIN_SIZE = { minWidth: 480, minHeight: 360 }
const SIZE = { width: 1080, height: 720 }
const PLACE = 'main'

/** The main window. It is made when first shown; closing hides it (DESIGN.md, D10). */
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

  /** Brings the window to the front, wherever it was. */
  show(): void {
    const window = this.#window
    if (window === null) {
      this.#window = this.#create()
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
    if (contents?.isLoading() === true)
      contents.once('did-finish-load', () => this.#send('window.showService', { key }))
    else this.#send('window.showService', { key })
  }

  #send<E extends EventChannel>(channel: E, payload: EventPayload<E>): void {
    const window = this.#window
    if (window !== null && !window.isDestroyed())
      this.#options.windows.pageOf(window.webContents)?.send(channel, payload)
  }

  #create(): BrowserWindow {
    const { windows, places } = this.#options
    const window = windows.create(APP_URL, { ...SIZE, ...MIN_SIZE, ...places.of(PLACE), title: 'AgentOS Tray' })
    places.follow(PLACE, window)
    window.on('close', (event) => this.#onClose(event, window))
    window.on('closed', () => {
      this.#window = null
    })
    return window
  }

  #onClose(event: Electron.Event, window: BrowserWindow): void {
    if (this.#options.isQuitting()) return
    event.preventDefault()
    if (this.#options.canHide()) window.hide()
    else window.minimize()
  }
}

import type { BrowserWindow } from 'electron'
import { APP_URL } from './app-protocol.ts'
import type { AppWindows } from './app-window.ts'
import type { WindowPlaces } from './window-places.ts'

const MIN_SIZE = { minWidth: 360, minHeight: 240 }
const SIZE = { width: 900, height: 560 }
const PLACE_PREFIX = 'log '

/** A window of its own for each service whose output somebody wants beside the main one. */
export class LogWindows {
  readonly #windows: AppWindows
  readonly #places: WindowPlaces
  readonly #byKey = new Map<string, BrowserWindow>()

  constructor(windows: AppWindows, places: WindowPlaces) {
    this.#windows = windows
    this.#places = places
  }

  /** Opens the service's window, or brings it to the front. */
  show(key: string): void {
    const known = this.#byKey.get(key)
    if (known === undefined) {
      this.#create(key)
      return
    }
    if (known.isMinimized()) known.restore()
    known.focus()
  }

  /** Opens those that were open when the app ended. */
  restore(): void {
    for (const name of this.#places.openNames()) {
      if (name.startsWith(PLACE_PREFIX)) this.show(name.slice(PLACE_PREFIX.length))
    }
  }

  #create(key: string): void {
    const place = PLACE_PREFIX + key
    const url = `${APP_URL}?${new URLSearchParams({ log: key })}`
    const window = this.#windows.create(url, {
      ...SIZE,
      ...MIN_SIZE,
      ...this.#places.of(place),
      title: `${key} output`,
    })
    this.#byKey.set(key, window)
    this.#places.follow(place, window)
    window.on('closed', () => this.#byKey.delete(key))
  }
}

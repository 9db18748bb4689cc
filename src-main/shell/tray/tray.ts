import type { TrayAction, TrayIcon, TrayMenuItem, TrayModel } from './tray-model.ts'

/** What the tray can ask for. The caller owns the work and its errors. */
export interface TrayActions {
  start(key: string): void
  stop(key: string): void
  restart(key: string): void
  showLogs(key: string): void
  copyUrl(key: string): void
  startAll(): void
  stopAll(): void
  showWindow(): void
  quit(): void
}

/** The part of Electron's Tray that is used. */
export interface NativeTray<Image, Menu> {
  setImage(image: Image): void
  setToolTip(toolTip: string): void
  setContextMenu(menu: Menu): void
  on(event: 'click', listener: () => void): void
  destroy(): void
}

/** Electron, as the controller needs it (electron-tray.ts); tests hand in a fake. */
export interface TrayFactory<Image, Menu> {
  loadImage(icon: TrayIcon): Image
  buildMenu(items: readonly TrayMenuItem[], act: (action: TrayAction) => void): Menu
  createTray(image: Image): NativeTray<Image, Menu>
}

export interface TrayOptions<Image, Menu> {
  readonly factory: TrayFactory<Image, Menu>
  readonly actions: TrayActions
  readonly platform: NodeJS.Platform
  /** Whether this desktop shows tray icons at all (tray-availability.ts). */
  readonly isShownByDesktop: boolean
  /** Told once if the tray could not be made; the app then lives in its window. */
  readonly onError: (error: unknown) => void
}

/** What the tray shows now. The images are cached and so compared by state, the menu is compared by value. */
interface Drawn {
  readonly icon: TrayIcon
  readonly tooltip: string
  readonly menu: string
}

/**
 * The tray icon. Its one way to change is `render`, which sets only what differs from what is shown: on Linux each call
 * goes over D-Bus and makes panels read the whole menu again, and an open menu closes or flickers.
 */
export class TrayController<Image, Menu> {
  readonly #options: TrayOptions<Image, Menu>
  readonly #images = new Map<TrayIcon, Image>()
  #tray: NativeTray<Image, Menu> | null = null
  #drawn: Drawn | null = null
  #isDone = false

  constructor(options: TrayOptions<Image, Menu>) {
    this.#options = options
  }

  /** False if nobody can see the icon; then closing the window must not be the way into the tray. */
  get available(): boolean {
    return this.#options.isShownByDesktop && !this.#isDone
  }

  /** Idempotent. The first call makes the icon, so it never shows a state that was not computed. */
  render(model: TrayModel): void {
    if (this.#isDone) return
    const tray = this.#tray ?? this.#create(model.icon)
    if (tray) this.#draw(tray, model)
  }

  /** Without it Windows keeps a dead icon until the pointer passes over it. */
  dispose(): void {
    this.#isDone = true
    this.#tray?.destroy()
    this.#tray = null
    this.#images.clear()
  }

  #create(icon: TrayIcon): NativeTray<Image, Menu> | null {
    try {
      const tray = this.#options.factory.createTray(this.#image(icon))
      this.#tray = tray
      // On macOS a click opens the menu. On Linux the desktop decides which click this is, if any, hence "Show window".
      if (this.#options.platform !== 'darwin') tray.on('click', () => this.#options.actions.showWindow())
      return tray
    } catch (error) {
      this.#isDone = true
      this.#options.onError(error)
      return null
    }
  }

  #draw(tray: NativeTray<Image, Menu>, model: TrayModel): void {
    const before = this.#drawn
    const menu = JSON.stringify(model.menu)
    this.#drawn = { icon: model.icon, tooltip: model.tooltip, menu }
    if (before && before.icon !== model.icon) tray.setImage(this.#image(model.icon))
    // A changed item only takes effect on Linux with the whole menu set anew, so that is what happens everywhere.
    if (before?.menu !== menu) tray.setContextMenu(this.#options.factory.buildMenu(model.menu, this.#act))
    if (before?.tooltip !== model.tooltip) tray.setToolTip(model.tooltip)
  }

  #image(icon: TrayIcon): Image {
    const cached = this.#images.get(icon)
    if (cached !== undefined) return cached
    const image = this.#options.factory.loadImage(icon)
    this.#images.set(icon, image)
    return image
  }

  readonly #act = (action: TrayAction): void => {
    if ('key' in action) this.#options.actions[action.name](action.key)
    else this.#options.actions[action.name]()
  }
}

import { join } from 'node:path'
import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, type WebContents } from 'electron'
import { senderTo } from './ipc-router.ts'
import type { Page, SendToPage } from './page.ts'
import { securePreferences } from './security.ts'

/** What all windows of the app share. */
export interface WindowFactoryOptions {
  readonly appPath: string
  readonly createPage: (send: SendToPage) => Page
}

/** Makes the app's windows, all alike but for their address and size, and knows their pages. */
export class AppWindows {
  readonly #options: WindowFactoryOptions
  readonly #pages = new Map<WebContents, Page>()

  constructor(options: WindowFactoryOptions) {
    this.#options = options
  }

  /** The page of one of our windows; null for any other web contents. */
  pageOf(contents: WebContents): Page | null {
    return this.#pages.get(contents) ?? null
  }

  get pages(): readonly Page[] {
    return [...this.#pages.values()]
  }

  /** A window that is shown once its page is there, in the page's colour, so that nothing flashes. */
  create(url: string, options: BrowserWindowConstructorOptions): BrowserWindow {
    const { appPath, createPage } = this.#options
    const window = new BrowserWindow({
      show: false,
      // Else its page would be drawn before any of it is loaded, and loading would wait for the process that draws.
      paintWhenInitiallyHidden: false,
      // Elsewhere the icon comes with the executable.
      ...(process.platform === 'linux' ? { icon: join(appPath, 'assets/icons/app-256.png') } : {}),
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#f7f8fa',
      ...options,
      webPreferences: securePreferences(join(appPath, 'out/preload/preload.cjs')),
    })
    const { webContents } = window
    const page = createPage(senderTo(webContents))
    this.#pages.set(webContents, page)
    webContents.once('dom-ready', () => window.show())
    window.on('closed', () => {
      this.#pages.delete(webContents)
      page.setVisible(false)
      page.reset()
    })
    window.on('show', () => page.setVisible(true))
    window.on('restore', () => page.setVisible(true))
    window.on('hide', () => page.setVisible(false))
    window.on('minimize', () => page.setVisible(false))
    webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) page.reset()
    })
    webContents.on('render-process-gone', (_event, { reason }) => {
      // The page keeps nothing that the main process does not know: a new one is as good as the old.
      if (reason !== 'clean-exit' && !window.isDestroyed()) window.reload()
    })
    void window.loadURL(url)
    return window
  }
}

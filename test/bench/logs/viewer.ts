import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { launchApp, type RunningApp } from '../../e2e/support/launch-app.ts'

/** A service of services.json, for the app in a window. */
export interface WindowService {
  readonly key: string
  readonly name: string
  readonly binName: string
  readonly extraArgs: readonly string[]
  readonly autoStart?: boolean
}

/** So that nothing is rotated that is to be measured as it is. */
const LOG = { maxFileMegabytes: 100_000, maxTotalMegabytes: 200_000 }

export interface Viewer extends AsyncDisposable {
  readonly running: RunningApp
  readonly page: Page
}

/** The app with its window, in a home that may hold logs already. Quits when it is disposed of. */
export async function openViewer(home: string, services: readonly WindowService[]): Promise<Viewer> {
  const entries = services.map(({ key, name, binName, extraArgs, autoStart = false }) => ({
    key,
    name,
    binName,
    args: { extraArgs },
    autoStart,
    restart: { policy: 'no' },
    log: LOG,
    stop: { graceSeconds: 0 },
  }))
  await mkdir(join(home, 'config'), { recursive: true })
  await writeFile(join(home, 'config/services.json'), JSON.stringify({ version: 1, services: entries }))
  const running = await launchApp({ home })
  const page = await running.window()
  return { running, page, [Symbol.asyncDispose]: () => running.quit('stop') }
}

export const logFolder = (home: string, key: string) => join(home, 'log', encodeURIComponent(key))

/** Milliseconds in the page from a click on a service until its output shows this text, painted. */
export function openService(page: Page, name: string, text: string): Promise<number> {
  return page.evaluate(
    ([service, wanted]) =>
      new Promise<number>((resolve, reject) => {
        const items = document.querySelectorAll<HTMLElement>('[aria-label="Services"] .row-select')
        const item = [...items].find((one) => one.textContent?.includes(service))
        if (item === undefined) return reject(new Error(`expected ${service} in the list`))
        setTimeout(() => reject(new Error(`expected ${wanted} in the output of ${service}`)), 30_000)
        const from = performance.now()
        item.click()
        const look = () => {
          const log = document.querySelector(`[role="log"][aria-label="${service} output"]`)
          if (log?.textContent?.includes(wanted) !== true) {
            requestAnimationFrame(look)
            return
          }
          // A task after the frame in which it is there: by then it is painted.
          const channel = new MessageChannel()
          channel.port1.onmessage = () => resolve(performance.now() - from)
          requestAnimationFrame(() => channel.port2.postMessage(null))
        }
        look()
      }),
    [name, text] as const,
  )
}

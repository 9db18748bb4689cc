import { readdir, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { events, requests } from '../../src-preload/contract/contract.ts'
import { launchApp, makeHome, type RunningApp, removeHome, repositoryRoot } from './support/launch-app.ts'

/** DESIGN.md D8 and Electron's security checklist, item by item, on the app as it runs. */
describe('security of the running app', () => {
  let running: RunningApp
  let page: Page
  let elsewhere: Server
  let elsewhereUrl: string
  const asked: string[] = []

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.setHeader('access-control-allow-origin', '*').end('hello')
    })
    await new Promise<void>((resolve) => {
      elsewhere.listen(0, '127.0.0.1', resolve)
    })
    elsewhereUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
    running = await launchApp({ home: await makeHome() })
    page = await running.window()
  })

  afterAll(async () => {
    await running.quit()
    elsewhere.close()
    await removeHome(running.home)
  })

  it('loads its own page only, over its own scheme (1, 18)', async () => {
    expect(page.url()).toBe('app://agentos/index.html')
    const resources = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name))
    expect(resources.filter((name) => !name.startsWith('app://agentos/'))).toEqual([])
  })

  it('has no Node in the page (2)', async () => {
    const found = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
    )
    expect(found).toEqual([])
  })

  it('isolates, sandboxes and keeps every protection of its window (2, 3, 4, 6, 8-12)', async () => {
    const preferences = await running.app.evaluate(({ webContents }) => {
      const [contents] = webContents.getAllWebContents()
      // Not in Electron's types: what the window was really made with.
      return (contents as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences()
    })
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    })
    for (const key of [
      'nodeIntegrationInWorker',
      'allowRunningInsecureContent',
      'experimentalFeatures',
      'enableBlinkFeatures',
    ]) {
      expect(preferences[key] ?? false).toBeFalsy()
    }
  })

  it('denies every permission (5)', async () => {
    const answers = await page.evaluate(async () => {
      const names = ['notifications', 'geolocation', 'camera', 'microphone', 'clipboard-read', 'midi'] as const
      return Promise.all(
        names.map((name) => navigator.permissions.query({ name: name as PermissionName }).then(({ state }) => state)),
      )
    })
    expect(new Set(answers)).toEqual(new Set(['denied']))
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied')
  })

  it('runs no inline script, no eval, and reaches no other server (7)', async () => {
    const policy = await page.evaluate(async () => (await fetch('app://agentos/index.html').catch(() => null)) === null)
    expect(policy, 'connect-src falls back to none').toBe(true)
    const ran = await page.evaluate(async (url) => {
      const results: string[] = []
      const script = document.createElement('script')
      script.textContent = 'globalThis.inlineRan = true'
      document.head.append(script)
      if ('inlineRan' in globalThis) results.push('inline script')
      const remote = document.createElement('script')
      remote.src = `${url}/script.js`
      document.head.append(remote)
      const image = new Image()
      image.src = `${url}/pixel.png`
      await Promise.all([
        new Promise((resolve) => {
          remote.onerror = resolve
          remote.onload = resolve
        }),
        new Promise((resolve) => {
          image.onerror = resolve
          image.onload = resolve
        }),
        fetch(`${url}/data`).then(
          () => results.push('fetch'),
          () => undefined,
        ),
      ])
      return results
    }, elsewhereUrl)
    expect(ran).toEqual([])
    // In a task of the page's own: the debugger may evaluate whatever the policy says.
    const evaluated = await page.evaluate(
      () =>
        new Promise((resolve) => {
          setTimeout(() => {
            try {
              resolve(String(new Function('return 1')()))
            } catch (error) {
              resolve((error as Error).name)
            }
          })
        }),
    )
    expect(evaluated).toBe('EvalError')
    expect(asked).toEqual([])
  })

  it('sends its policy with every answer, and nothing from outside its folder (7, 18)', async () => {
    const answers = await running.app.evaluate(async ({ net }) => {
      const paths = ['index.html', '../main/main.cjs', '%2e%2e/main/main.cjs', '..%2f..%2fpackage.json', 'nothing.html']
      const urls = [...paths.map((path) => `app://agentos/${path}`), 'app://elsewhere/index.html']
      return Promise.all(
        urls.map(async (url) => {
          const { status, headers } = await net.fetch(url)
          return { url, status, policy: headers.get('content-security-policy') ?? '' }
        }),
      )
    })
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 404, 404, 404])
    for (const { policy } of answers) {
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).not.toContain('unsafe')
    }
  })

  it('stays where it is and opens nothing (13, 14)', async () => {
    await page.evaluate((url) => {
      location.href = `${url}/navigated`
    }, elsewhereUrl)
    expect(await page.evaluate((url) => window.open(`${url}/opened`) === null, elsewhereUrl)).toBe(true)
    expect(page.url()).toBe('app://agentos/index.html')
    const windows = await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
    expect(windows).toBe(1)
    expect(asked).toEqual([])
  })

  it('attaches no webview (11, 12)', async () => {
    const attached = await page.evaluate(() => {
      const view = document.createElement('webview')
      document.body.append(view)
      const isElement = 'getWebContentsId' in view
      view.remove()
      return isElement
    })
    expect(attached).toBe(false)
  })

  it('gives the page the functions of the contract, frozen, and nothing else (20)', async () => {
    const api = await page.evaluate(() => {
      const { agentos } = globalThis as unknown as { agentos: Record<string, Record<string, unknown>> }
      return {
        groups: Object.keys(agentos).sort(),
        request: Object.keys(agentos.request ?? {}).sort(),
        on: Object.keys(agentos.on ?? {}).sort(),
        frozen: Object.isFrozen(agentos) && Object.isFrozen(agentos.request) && Object.isFrozen(agentos.on),
      }
    })
    expect(api).toEqual({
      groups: ['on', 'request'],
      request: Object.keys(requests).sort(),
      on: Object.keys(events).sort(),
      frozen: true,
    })
  })

  it('answers no other window, though it has our preload and our page (17)', async () => {
    const reply = await running.app.evaluate(
      async ({ BrowserWindow }, preload) => {
        const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
        await stranger.loadURL('app://agentos/index.html')
        const script = "window.agentos.request['services.startAll']({})"
        const answer = await stranger.webContents.executeJavaScript(script)
        stranger.destroy()
        return answer
      },
      join(repositoryRoot, 'out/preload/preload.cjs'),
    )
    expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  })

  it('answers bad input from its own page with words', async () => {
    const reply = await page.evaluate(() => {
      const { agentos } = globalThis as unknown as {
        agentos: { request: Record<string, (input: unknown) => Promise<unknown>> }
      }
      return agentos.request['services.start']?.({ key: 42 })
    })
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad-input', message: expect.stringContaining('key') } })
  })

  it.runIf(process.platform !== 'win32')('keeps its files to their owner', async () => {
    const { home } = running
    for (const folder of ['config']) {
      expect((await stat(join(home, folder))).mode & 0o077).toBe(0)
      for (const name of await readdir(join(home, folder))) {
        expect((await stat(join(home, folder, name))).mode & 0o077, name).toBe(0)
      }
    }
  })
})

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import {
  electronExecutable,
  isGone,
  launchApp,
  makeHome,
  type RunningApp,
  removeHome,
  repositoryRoot,
  waitForHttp,
} from './support/launch-app.ts'
import { startTrayHost, type TrayHost } from './support/tray-host.ts'
import type { TrayItem } from './support/tray-item.ts'

const DEMO = 'Demo server'
const URL = 'http://127.0.0.1:11555'

/** One story in the order a person lives it; each step builds on the one before. */
describe('from the first run to quitting', () => {
  let host: TrayHost
  let running: RunningApp
  let page: Page
  let tray: TrayItem
  let idleIcon: Buffer

  const item = () => page.getByRole('listitem', { name: new RegExp(`^${DEMO}`) })
  const windowIsVisible = () =>
    running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()))
  const pidFile = () => join(running.home, 'run', 'demo%3Aserver.pid')
  const pid = async () => Number((await readFile(pidFile(), 'utf8')).split('\n')[0])

  beforeAll(async () => {
    host = await startTrayHost()
    running = await launchApp({ home: await makeHome() })
    page = await running.window()
    tray = await host.waitForItem()
  })

  afterAll(async () => {
    if (!isGone(running.pid)) await running.kill()
    await host.close()
    await removeHome(running.home)
  })

  it('creates a configuration with the demo server and shows it stopped', async () => {
    await item().waitFor()
    expect(await item().getAttribute('aria-label')).toMatch(/^Demo server, stopped/)
    const config = JSON.parse(await readFile(join(running.home, 'config', 'services.json'), 'utf8'))
    expect(config.services).toContainEqual(expect.objectContaining({ key: 'demo:server', preset: 'demo' }))
    await waitFor(() => existsSync(join(running.home, 'config', config.$schema)), { what: 'the schema that it names' })
    expect(await tray.tooltip()).toMatch(/nothing running/)
    idleIcon = (await tray.iconPixmap()).argb
  })

  it('starts it from the window and sees it become healthy', async () => {
    await item().getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('listitem', { name: /^Demo server, running, ok/ }).waitFor()
    expect(isGone(await pid())).toBe(false)
  })

  it('shows its output', async () => {
    await item().click()
    const log = page.getByRole('log', { name: new RegExp(DEMO) })
    await log.getByText('listening on http://127.0.0.1:11555').waitFor()
  })

  it('lets its HTTP API be used, and shows the new line', async () => {
    const response = await fetch(`${URL}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'agentos-demo-ngram', messages: [{ role: 'user', content: 'the tide' }] }),
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ choices: [{ message: { role: 'assistant' } }] })
    await page.getByRole('log').getByText('POST /v1/chat/completions 200').first().waitFor()
  })

  it('lets tooltip and icon follow', async () => {
    await waitFor(async () => (await tray.tooltip()).includes('1 running'), { what: 'the tooltip to say "1 running"' })
    expect((await tray.iconPixmap()).argb.equals(idleIcon)).toBe(false)
  })

  it('stops it from the window, with its whole tree', async () => {
    const before = await pid()
    await item().getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('listitem', { name: /^Demo server, stopped/ }).waitFor()
    expect(isGone(before)).toBe(true)
    await expect(fetch(`${URL}/health`)).rejects.toThrow()
    await expect(readFile(pidFile())).rejects.toThrow('ENOENT')
    await waitFor(async () => (await tray.iconPixmap()).argb.equals(idleIcon), { what: 'the icon to be idle again' })
  })

  it('starts it again from the tray menu', async () => {
    await waitFor(
      () =>
        tray.click([/^Demo server/, 'Start']).then(
          () => true,
          () => false,
        ),
      {
        what: 'the tray menu to offer Start',
      },
    )
    await waitForHttp(`${URL}/health`)
    await page.getByRole('listitem', { name: /^Demo server, running, ok/ }).waitFor()
    await waitFor(async () => (await tray.tooltip()).includes('1 running'), { what: 'the tooltip to say "1 running"' })
  })

  it('hides the window when it is closed, and keeps services and tray', async () => {
    await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await waitFor(async () => !(await windowIsVisible()), { what: 'the window to hide' })
    expect((await waitForHttp(`${URL}/health`)).status).toBe(200)
    expect(await tray.tooltip()).toContain('1 running')
  })

  it('lets a second copy show the window of the first, and end', async () => {
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const second = execFile(electronExecutable(), [...root, repositoryRoot], {
      env: { ...process.env, AGENTOS_HOME: running.home },
    })
    const code = await new Promise((resolve) => second.once('exit', resolve))
    expect(code).toBe(0)
    await waitFor(windowIsVisible, { what: 'the first copy to show its window' })
    expect(host.items()).toHaveLength(1)
  })

  it('offers everything of the service in the tray menu', async () => {
    const menu = await tray.menu()
    const demo = menu.find((node) => node.label.startsWith(DEMO))
    expect(demo?.children.map(({ label }) => label).filter((label) => label !== '')).toEqual(
      expect.arrayContaining(['Start', 'Stop', 'Restart', 'Show logs', 'Copy URL']),
    )
    expect(menu.map(({ label }) => label)).toEqual(expect.arrayContaining(['Show window', 'Quit']))
  })

  it('quits cleanly with nothing left running', async () => {
    const before = await pid()
    await running.quit('stop')
    expect(isGone(before)).toBe(true)
    // What is left is the lock, which says that it was released.
    const left = await readdir(join(running.home, 'run'))
    expect(left).toEqual([expect.stringMatching(/^manager-\d+\.lock$/)])
    expect(await readFile(join(running.home, 'run', left[0] ?? ''), 'utf8')).toMatch(/^released/)
    expect(host.items()).toHaveLength(0)
  })
})

describe('leaving services running', () => {
  it('adopts them at the next start, after a quit and after a crash', async () => {
    const home = await makeHome()
    const first = await launchApp({ home, args: ['--start=demo:server'] })
    await (await first.window()).getByRole('listitem', { name: /^Demo server, running, ok/ }).waitFor()
    await first.quit('leave')
    const served = Number((await readFile(join(home, 'run', 'demo%3Aserver.pid'), 'utf8')).split('\n')[0])
    expect(isGone(served)).toBe(false)

    const second = await launchApp({ home })
    await (await second.window()).getByRole('listitem', { name: /^Demo server, running, ok/ }).waitFor()
    await second.kill()
    expect(isGone(served)).toBe(false)

    const third = await launchApp({ home })
    const page = await third.window()
    const demo = page.getByRole('listitem', { name: /^Demo server, running, ok/ })
    await demo.waitFor()
    await demo.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('listitem', { name: /^Demo server, stopped/ }).waitFor()
    await waitFor(() => isGone(served), { what: 'the adopted demo server to be gone' })
    await third.quit()
    await removeHome(home)
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isGone, launchApp, makeHome, type RunningApp, removeHome, waitForHttp } from './support/launch-app.ts'

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

describe('services.json, edited while the app runs', () => {
  let running: RunningApp
  let page: Page
  let port: number
  const file = () => join(running.home, 'config', 'services.json')
  const write = (services: readonly object[]) => writeFile(file(), JSON.stringify({ version: 1, services }, null, 2))
  const item = (name: RegExp) => page.getByRole('listitem', { name })
  const pythonServer = () => ({
    key: 'python:web',
    name: 'Python web server',
    binName: 'python3',
    args: { port, extraArgs: ['-u', '-m', 'http.server', '{port}', '--bind', '{host}'] },
  })

  beforeAll(async () => {
    running = await launchApp({ home: await makeHome() })
    page = await running.window()
    port = await freePort()
  })

  afterAll(async () => {
    if (!isGone(running.pid)) await running.quit()
    await removeHome(running.home)
  })

  it('shows a service as soon as it is written', async () => {
    await write([pythonServer()])
    await item(/^Python web server, stopped/).waitFor()
    expect(await item(/^Demo server/).count()).toBe(0)
  })

  it('starts any real program, shows its output and stops it', async () => {
    await item(/^Python web server/)
      .getByRole('button', { name: 'Start', exact: true })
      .click()
    await item(/^Python web server, running, ok/).waitFor()
    await waitForHttp(`http://127.0.0.1:${port}/`)
    await item(/^Python web server/).click()
    await page.getByRole('tab', { name: 'stderr' }).click()
    await page.getByRole('log').getByText('GET / HTTP/1.1').first().waitFor()
    await item(/^Python web server/)
      .getByRole('button', { name: 'Stop', exact: true })
      .click()
    await item(/^Python web server, stopped/).waitFor()
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  it('says where a broken file is wrong, and keeps the last good state', async () => {
    const good = await readFile(file(), 'utf8')
    await writeFile(file(), good.replace(String(port), '70000'))
    const banner = page.getByRole('alert').filter({ hasText: 'services.json' })
    await banner.getByText(/65535/).waitFor()
    await banner.getByText(/line 9/i).waitFor()
    expect(await item(/^Python web server, stopped/).count()).toBe(1)
    await writeFile(file(), good)
    await banner.waitFor({ state: 'detached' })
  })

  it('says in plain words why a program cannot be started', async () => {
    await write([{ key: 'nobody:home', name: 'Nobody', binName: 'no-such-program-anywhere' }])
    await item(/^Nobody, stopped/).waitFor()
    await item(/^Nobody/)
      .getByRole('button', { name: 'Start', exact: true })
      .click()
    await item(/^Nobody, failed/).waitFor()
    await page
      .getByText(/"no-such-program-anywhere" was not found/)
      .first()
      .waitFor()
  })

  it('names the process that holds a taken port', async () => {
    const holder = createServer().listen(port, '127.0.0.1')
    await write([pythonServer()])
    await item(/^Python web server/).waitFor()
    await item(/^Python web server, external/).waitFor()
    await page
      .getByText(new RegExp(`pid ${process.pid}`))
      .first()
      .waitFor()
    holder.close()
    await item(/^Python web server, stopped/).waitFor()
  })

  it('starts beside a foreign server on the next free port, or ends that one after a confirmation', async () => {
    const script =
      "require('node:net').createServer().listen(+process.argv[1], '127.0.0.1'); setTimeout(() => 0, 60000)"
    const foreign = spawn(process.execPath, ['-e', script, String(port)], { stdio: 'ignore' })
    const ended = once(foreign, 'exit')
    try {
      await item(/^Python web server, external/).click()
      await page.getByRole('button', { name: 'Start on the next free port' }).click()
      await item(/^Python web server, running, ok/).waitFor()
      expect(await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).textContent()).not.toContain(`:${port}`)
      await item(/^Python web server/)
        .getByRole('button', { name: 'Stop', exact: true })
        .click()
      await item(/^Python web server, external/).waitFor()
      await page.getByRole('button', { name: /^Stop .*…$/ }).click()
      await page.getByText(new RegExp(`\\(pid ${foreign.pid}\\) and all it started`)).waitFor()
      expect(foreign.exitCode).toBeNull()
      await page.getByRole('button', { name: 'Stop it now' }).click()
      await ended
      await item(/^Python web server, stopped/).waitFor()
    } finally {
      foreign.kill('SIGKILL')
    }
  })
})

import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { launchApp, type RunningApp } from '../test/e2e/support/launch-app.ts'

/**
 * Draws docs/screenshots from the real app with real services: `npm run screenshots`. Nothing on the pictures is made up
 * but the names.
 */

const root = join(import.meta.dirname, '..')
const target = join(root, 'docs', 'screenshots')
const SIZE = { width: 1120, height: 720 }

const demo = (key: string, name: string, port: number, ...extraArgs: string[]) => ({
  key,
  name,
  preset: 'demo',
  args: { port, extraArgs },
})

const services = (takenPort: number) => [
  demo('demo:chat', 'Chat model', 18_101, '--heartbeat-ms', '700'),
  demo('demo:embeddings', 'Embeddings', 18_102, '--spawn-children', '2'),
  demo('demo:loading', 'Large model', 18_103, '--load-ms', '3600000'),
  {
    ...demo('demo:crash', 'Broken build', 18_104, '--crash-after-ms', '50', '--exit-code', '3'),
    restart: { policy: 'no' },
  },
  demo('demo:taken', 'Image server', takenPort),
  demo('demo:stopped', 'Speech to text', 18_106),
  {
    key: 'vllm:colours',
    name: 'vLLM',
    binName: 'vllm',
    args: { extraArgs: ['serve', 'meta-llama/Llama-3.1-8B-Instruct'] },
    restart: { policy: 'no' },
  },
]

async function setTheme(running: RunningApp, theme: 'light' | 'dark'): Promise<void> {
  await running.app.evaluate(({ nativeTheme }, source) => {
    nativeTheme.themeSource = source
  }, theme)
}

async function resize(running: RunningApp, { width, height }: { width: number; height: number }): Promise<void> {
  await running.app.evaluate(
    ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 800, h ?? 600),
    [width, height],
  )
}

async function picture(page: Page, name: string): Promise<void> {
  // Two frames: one for what changed, one for what follows from it.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  await page.screenshot({ path: join(target, `${name}.png`) })
  process.stdout.write(`docs/screenshots/${name}.png\n`)
}

const item = (page: Page, name: string) => page.getByRole('listitem', { name: new RegExp(`^${name}`) })

async function inBothThemes(running: RunningApp, page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(running, theme)
    await picture(page, `${name}-${theme}`)
  }
}

async function ask(content: string): Promise<void> {
  const body = JSON.stringify({ model: 'agentos-demo-ngram', messages: [{ role: 'user', content }] })
  const headers = { 'content-type': 'application/json' }
  await fetch('http://127.0.0.1:18101/v1/chat/completions', { method: 'POST', headers, body })
}

/** The log viewer with coloured output, a search, only its matches, wrapped lines with times, and its own window. */
async function logPictures(running: RunningApp, page: Page): Promise<void> {
  await item(page, 'vLLM').getByRole('button', { name: 'Start', exact: true }).click()
  await item(page, 'vLLM').click()
  await page.getByRole('log').getByText('POST /v1/embeddings').first().waitFor()
  await page.getByRole('button', { name: 'Show times' }).click()
  await inBothThemes(running, page, 'log')
  await page.keyboard.press('Control+f')
  await page.getByRole('textbox', { name: 'Search the output' }).fill('error')
  await page.locator('.search-status', { hasText: ' of ' }).waitFor()
  await setTheme(running, 'light')
  await picture(page, 'log-search-light')
  await page.getByRole('button', { name: 'Only matches' }).click()
  await page.getByRole('combobox', { name: 'Rows around each match' }).selectOption('1')
  await page.locator('.after-gap').first().waitFor()
  await setTheme(running, 'dark')
  await picture(page, 'log-filter-dark')
  await page.getByRole('button', { name: 'Close search' }).click()
  const opened = running.app.waitForEvent('window')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: /own window/ }).click()
  const own = await opened
  await own.getByRole('log').getByText('POST /v1/embeddings').first().waitFor()
  await own.getByRole('button', { name: 'Wrap long lines' }).click()
  await picture(own, 'log-window-dark')
  await own.close()
  await page.getByRole('button', { name: 'Show times' }).click()
}

/** A program in PATH that prints what vLLM prints, so that no picture shows where this repository lies. */
async function installColourfulServer(home: string): Promise<void> {
  const folder = join(home, 'bin')
  await mkdir(folder)
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'test/fixtures/colourful.ts')}"\n`
  await writeFile(join(folder, 'vllm'), program, { mode: 0o755 })
  process.env.PATH = `${folder}:${process.env.PATH}`
}

async function run(): Promise<void> {
  await mkdir(target, { recursive: true })
  const home = await mkdtemp(join(tmpdir(), 'agentos-screenshots-'))
  await installColourfulServer(home)
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const takenPort = typeof address === 'object' && address !== null ? address.port : 0
  const config = join(home, 'config', 'services.json')
  const write = (list: readonly object[]) => writeFile(config, JSON.stringify({ version: 1, services: list }, null, 2))
  await mkdir(join(home, 'config'), { recursive: true })
  await write(services(takenPort))
  const running = await launchApp({ home })
  try {
    const page = await running.window()
    await resize(running, SIZE)
    for (const name of ['Chat model', 'Embeddings', 'Large model', 'Broken build']) {
      await item(page, name).getByRole('button', { name: 'Start', exact: true }).click()
    }
    await item(page, 'Chat model, running, ok').waitFor()
    await item(page, 'Embeddings, running, ok').waitFor()
    await item(page, 'Large model, running, loading').waitFor()
    await item(page, 'Broken build, failed').waitFor()
    await item(page, 'Image server, external').waitFor()
    await item(page, 'Chat model').click()
    for (const question of ['the tide', 'a garden', 'the server', 'in the morning']) await ask(question)
    await page.getByRole('log').getByText('POST /v1/chat/completions 200').nth(3).waitFor()
    await page
      .getByRole('listitem', { name: /^Chat model/ })
      .getByText('MB')
      .waitFor()
    await inBothThemes(running, page, 'services')
    await logPictures(running, page)
    await item(page, 'Broken build').click()
    await page.getByRole('tab', { name: 'stderr' }).click()
    await page.getByRole('log').getByText('crashing').first().waitFor()
    await setTheme(running, 'light')
    await picture(page, 'failed-light')
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('dialog').waitFor()
    await setTheme(running, 'dark')
    await picture(page, 'settings-dark')
    await page.keyboard.press('Escape')
    await writeFile(config, JSON.stringify({ version: 1, services: [{ key: 'demo:chat', preset: 'dmo' }] }, null, 2))
    await page
      .getByRole('alert')
      .getByText(/services\.json/)
      .first()
      .waitFor()
    await resize(running, { width: 560, height: 420 })
    await picture(page, 'small-dark')
    await resize(running, SIZE)
    await write(
      Array.from({ length: 200 }, (_, n) => demo(`demo:m${n}`, `Model ${String(n + 1).padStart(3, '0')}`, 19_000 + n)),
    )
    await item(page, 'Model 001').waitFor()
    await setTheme(running, 'light')
    await picture(page, 'many-light')
  } finally {
    holder.close()
    await running.quit()
    await rm(home, { recursive: true, force: true })
  }
}

await run()

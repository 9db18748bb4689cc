import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { demo, install, onStage, root, type Stage } from './stage.ts'

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

/** The window as a whole: the list with every state, the output, a failure, the settings, a small and a full window. */
export async function overview(): Promise<void> {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const takenPort = typeof address === 'object' && address !== null ? address.port : 0
  // A program in PATH that prints what vLLM prints.
  const furnish = (_person: string, bin: string) =>
    install(bin, 'vllm', `exec "${process.execPath}" "${join(root, 'test/fixtures/colourful.ts')}"`)
  await onStage({ services: services(takenPort), furnish }, async (stage) => {
    await list(stage)
    await log(stage)
    await failure(stage)
    await settings(stage)
    await sizes(stage)
  }).finally(() => holder.close())
}

async function ask(content: string): Promise<void> {
  const body = JSON.stringify({ model: 'agentos-demo-ngram', messages: [{ role: 'user', content }] })
  const headers = { 'content-type': 'application/json' }
  await fetch('http://127.0.0.1:18101/v1/chat/completions', { method: 'POST', headers, body })
}

async function list({ page, item, start, inBothThemes }: Stage): Promise<void> {
  for (const name of ['Chat model', 'Embeddings', 'Large model', 'Broken build']) await start(name)
  for (const state of [
    'Chat model, running, ok',
    'Embeddings, running, ok',
    'Large model, running, loading',
    'Broken build, failed',
    'Image server, external',
  ]) {
    await item(state).waitFor()
  }
  await item('Chat model').click()
  for (const question of ['the tide', 'a garden', 'the server', 'in the morning']) await ask(question)
  await page.getByRole('log').getByText('POST /v1/chat/completions 200').nth(3).waitFor()
  await item('Chat model').getByText('MB').waitFor()
  await inBothThemes('services')
}

/** The log viewer with coloured output, a search, only its matches, wrapped lines with times, and its own window. */
async function log({ running, page, item, start, inBothThemes, picture }: Stage): Promise<void> {
  await start('vLLM')
  await item('vLLM').click()
  await page.getByRole('log').getByText('POST /v1/embeddings').first().waitFor()
  await page.getByRole('button', { name: 'Show times' }).click()
  await inBothThemes('log')
  await page.keyboard.press('Control+f')
  await page.getByRole('textbox', { name: 'Search the output' }).fill('error')
  await page.locator('.search-status', { hasText: ' of ' }).waitFor()
  await picture('log-search', 'light')
  await page.getByRole('button', { name: 'Only matches' }).click()
  await page.getByRole('combobox', { name: 'Rows around each match' }).selectOption('1')
  await page.locator('.after-gap').first().waitFor()
  await picture('log-filter', 'dark')
  await page.getByRole('button', { name: 'Close search' }).click()
  const opened = running.app.waitForEvent('window')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: /own window/ }).click()
  const own: Page = await opened
  await own.getByRole('log').getByText('POST /v1/embeddings').first().waitFor()
  await own.getByRole('button', { name: 'Wrap long lines' }).click()
  await picture('log-window', 'dark', own)
  await own.close()
  await page.getByRole('button', { name: 'Show times' }).click()
}

async function failure({ page, item, picture }: Stage): Promise<void> {
  await item('Broken build').click()
  await page.getByRole('tab', { name: 'stderr' }).click()
  await page.getByRole('log').getByText('crashing').first().waitFor()
  await picture('failed', 'light')
}

async function settings({ page, picture }: Stage): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('dialog').waitFor()
  await picture('settings', 'dark')
  await page.keyboard.press('Escape')
}

async function sizes({ page, item, resize, picture, write, writeRaw }: Stage): Promise<void> {
  await writeRaw({ version: 1, services: [{ key: 'demo:chat', preset: 'dmo' }] })
  await page
    .getByRole('alert')
    .getByText(/services\.json/)
    .first()
    .waitFor()
  await resize({ width: 560, height: 420 })
  await picture('small', 'dark')
  await resize()
  await write(
    Array.from({ length: 200 }, (_, n) => demo(`demo:m${n}`, `Model ${String(n + 1).padStart(3, '0')}`, 19_000 + n)),
  )
  await item('Model 001').waitFor()
  await picture('many', 'light')
}

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { furnish } from './furnished-home.ts'
import { demo, onStage, type Stage } from './stage.ts'

/** Setting services up: from the empty list by the guided flow to a server that runs, and changing it afterwards. */
export async function setup(): Promise<void> {
  await onStage({ services: [], furnish }, async (stage) => {
    await empty(stage)
    await guidedFlow(stage)
    await failedStart(stage)
    await editing(stage)
    await conflict(stage)
    await deleting(stage)
  })
}

async function empty({ page, picture }: Stage): Promise<void> {
  await page.getByText('No services yet.').waitFor()
  await picture('empty', 'light')
}

async function guidedFlow(stage: Stage): Promise<void> {
  const { page, inBothThemes, picture, resize } = stage
  await chooseLlama(stage)
  await inBothThemes('add-1-server')
  await resize({ width: 560, height: 420 })
  await picture('add-small', 'dark')
  await resize()
  await page.keyboard.press('Enter')
  const file = page.getByRole('combobox', { name: 'Model file' })
  await page.getByRole('option', { name: /^Qwen3 8B/ }).click()
  await file.focus()
  await inBothThemes('add-2-model')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Address' }).waitFor()
  await page.getByText('Local network').click()
  await page.getByRole('button', { name: 'Generate' }).click()
  await page.getByText('free', { exact: true }).waitFor()
  await inBothThemes('add-3-address')
  await page.getByText('This machine only').click()
  await page.getByRole('textbox', { name: 'Port' }).press('Enter')
  await page.getByRole('heading', { name: 'Check and start' }).waitFor()
  await page.locator('.summary-command', { hasText: 'llama-server' }).waitFor()
  await inBothThemes('add-4-check')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'It works' }).waitFor()
  await page.getByRole('dialog').getByRole('log').getByText('listening on').waitFor()
  await inBothThemes('add-5-works')
  await page.getByRole('button', { name: 'Done' }).click()
}

async function chooseLlama({ page }: Stage): Promise<void> {
  await page.keyboard.press('Control+n')
  await page.getByRole('option', { name: /llama\.cpp.*version/ }).click()
}

/** A model file that is not complete: what the app sees before, and what the server says. */
async function failedStart(stage: Stage): Promise<void> {
  const { page, picture } = stage
  await chooseLlama(stage)
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: /^Mistral/ }).click()
  await picture('add-damaged', 'light')
  await page.getByRole('combobox', { name: 'Model file' }).press('Enter')
  await page.getByRole('heading', { name: 'Address' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Check and start' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /did not start/ }).waitFor()
  await page.getByRole('alert').getByText('exiting due to model loading error').waitFor()
  await picture('add-failed', 'light')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('status').filter({ hasText: 'deleted' }).waitFor()
  await picture('undo', 'light')
  await page.getByRole('button', { name: 'Dismiss' }).click()
}

async function editing({ page, picture }: Stage): Promise<void> {
  await page.keyboard.press('Control+e')
  await page.getByRole('textbox', { name: 'Name' }).waitFor()
  await page.locator('.summary-command', { hasText: 'llama-server' }).waitFor()
  await picture('edit-general', 'dark')
  await page.getByRole('tab', { name: 'Health' }).click()
  await picture('edit-health', 'light')
  await page.getByRole('tab', { name: 'Environment and secrets' }).click()
  await page.getByRole('button', { name: 'Add variable' }).click()
  await page.keyboard.type('HF_TOKEN=hf_0123456789')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Add variable' }).click()
  await page.keyboard.type('LLAMA_ARG_THREADS=8')
  await page.keyboard.press('Tab')
  await picture('edit-secrets', 'light')
  await page.keyboard.press('Escape')
  await page.getByText('Discard what you entered?').waitFor()
  await picture('edit-discard', 'dark')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** The file was changed in an editor while the form was open. */
async function conflict({ running, page, picture, item }: Stage): Promise<void> {
  const file = join(running.home, 'config', 'services.json')
  await page.keyboard.press('Control+e')
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('Qwen for everybody')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/"name": "[^"]*"/, '"name": "Qwen"'))
  await item('Qwen,').waitFor({ state: 'attached' })
  await page.keyboard.press('Control+Enter')
  await page.getByRole('button', { name: 'Save mine over it' }).waitFor()
  await picture('edit-conflict', 'light')
  await page.getByRole('button', { name: 'Reload what is in the file' }).click()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function deleting({ page, picture, write, start, item }: Stage): Promise<void> {
  await item('Qwen').getByRole('button', { name: 'Stop', exact: true }).click()
  await item('Qwen, stopped').waitFor()
  await write([demo('demo:chat', 'Chat model', 18_101), demo('demo:embeddings', 'Embeddings', 18_102)])
  await start('Chat model')
  await item('Chat model, running, ok').waitFor()
  await item('Chat model').getByRole('button', { name: 'Chat model' }).click()
  await page.keyboard.press('Delete')
  await page.getByRole('dialog').waitFor()
  await picture('delete', 'dark')
  await page.keyboard.press('Escape')
}

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { focusedText } from './support/keyboard.ts'
import { launchApp, makeHome, type RunningApp, removeHome } from './support/launch-app.ts'

/** What a person may need at most; hands included. */
const MINUTE_MS = 60_000

describe('the first minute', () => {
  let running: RunningApp
  let page: Page

  beforeAll(async () => {
    const home = await makeHome()
    await mkdir(join(home, 'config'), { recursive: true })
    await writeFile(join(home, 'config', 'services.json'), JSON.stringify({ version: 1, services: [] }))
    running = await launchApp({ home })
    page = await running.app.firstWindow()
    await page.getByText('No services yet.').waitFor()
  })

  afterAll(async () => {
    await running.quit()
    await removeHome(running.home)
  })

  it('leads from an empty list to a server that has answered, by the keyboard alone', async () => {
    const { keyboard } = page
    const begin = performance.now()
    await waitFor(async () => (await focusedText(page)) === 'Add service', { what: 'the focus on "Add service"' })
    await keyboard.press('Enter')
    await page.getByRole('listbox', { name: 'Which server?' }).waitFor()
    await keyboard.type('demo')
    for (const heading of ['Model and options', 'Address', 'Check and start']) {
      await keyboard.press('Enter')
      await page.getByRole('heading', { name: heading }).waitFor()
    }
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'It works' }).waitFor()
    await waitFor(async () => (await focusedText(page)) === 'Try it', { what: 'the focus on "Try it"' })
    await keyboard.press('Enter')
    await waitFor(async () => (await focusedText(page)) === 'Prompt', { what: 'the focus in the prompt' })
    await keyboard.press('Enter')
    await page
      .getByRole('status')
      .getByText(/^Answer (complete|stopped at the token limit), \d+ tokens?/)
      .waitFor()
    const took = performance.now() - begin

    expect((await page.getByRole('log', { name: /answer$/ }).textContent())?.trim()).toBeTruthy()
    await page.getByRole('listitem', { name: /^Demo server, running, ok$/ }).waitFor()
    const { services } = JSON.parse(await readFile(join(running.home, 'config', 'services.json'), 'utf8'))
    expect(services).toEqual([expect.objectContaining({ preset: 'demo' })])
    expect(took).toBeLessThan(MINUTE_MS)
  })
})

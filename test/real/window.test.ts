import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { focusedText, tabTo } from '../e2e/support/keyboard.ts'
import { freePort } from '../support/ports.ts'
import { cleanUpProcesses, endLater, isAlive, waitUntilGone } from '../support/processes.ts'
import { writeHollowGguf, writeTinyGguf } from '../support/tiny-gguf.ts'
import { waitFor } from '../support/wait-for.ts'
import { askHealth } from './llama-http.ts'
import { llama } from './real-llama.ts'
import { childrenOf } from './real-server.ts'
import { addLlama, llamaOption, openApp, personHome, saveAndStart } from './real-window.ts'

cleanUpProcesses()

/** A llama-server that somebody starts in a terminal. */
async function startOutside(model: string) {
  const port = await freePort()
  const child = spawn(llama.program, ['-m', model, '--port', String(port)], { stdio: 'ignore' })
  const pid = endLater(child.pid ?? 0)
  await waitFor(async () => (await askHealth(port).catch(() => null))?.status === 200, { what: 'the server outside' })
  return { port, pid }
}

describe('the window with a real llama-server', () => {
  it('goes from nothing to an answer and back, by the keyboard alone', async () => {
    const { home, models } = personHome()
    writeTinyGguf(join(models, 'tiny.gguf'), { name: 'Tiny', contextLength: 8192 })
    const app = await openApp(home, [])
    const { page, heading, entries, pidOf } = app
    const { keyboard } = page
    await addLlama(app)
    await page.getByRole('option', { name: /^Tiny .*8K context/ }).waitFor()
    await tabTo(page, /^Model file/)
    await keyboard.type('tiny')
    await keyboard.press('Enter')
    await saveAndStart(app)
    await heading('It works').waitFor()
    const { key, args } = entries()[0] ?? { key: '' }
    expect(args?.extraArgs).toEqual(['-m', join(models, 'tiny.gguf')])
    const pid = endLater(pidOf(key))
    expect(isAlive(pid)).toBe(true)

    await waitFor(async () => (await focusedText(page)) === 'Try it', { what: 'the focus on "Try it"' })
    await keyboard.press('Enter')
    await waitFor(async () => (await focusedText(page)) === 'Prompt', { what: 'the focus in the prompt' })
    await tabTo(page, /^Max tokens$/)
    await keyboard.press('Control+a')
    await keyboard.type('800')
    await keyboard.press('Enter')
    const answer = page.getByRole('log', { name: /answer$/ })
    await page.locator('[role="log"][aria-busy="true"] .answer-block').first().waitFor()
    await page
      .getByRole('status')
      .getByText(/^Answer .*, 800 tokens, [\d.,]+ tokens per second$/)
      .waitFor()
    expect(await answer.textContent()).toMatch(/^[\sa-z.,:!]{1000,}/)
    await page.getByText(/^[\d.,]+ tokens\/s$/).waitFor()
    await page.getByText(/^first after [\d.]+ s$/).waitFor()

    await keyboard.press('Control+2')
    await page
      .getByRole('list', { name: 'Models of the server' })
      .getByRole('listitem', { name: /tiny.*, loaded$/ })
      .waitFor()

    await page.locator('.row[data-selected="true"] .row-select').focus()
    await tabTo(page, /^Stop$/)
    await keyboard.press('Enter')
    await page.getByRole('listitem', { name: /, stopped$/ }).waitFor()
    await waitUntilGone(pid)
    await expect(askHealth(args?.port ?? 0)).rejects.toThrow()
  })

  it('says which version is installed, and which servers run that somebody else has started', async () => {
    const { home, models } = personHome()
    const model = join(models, 'tiny.gguf')
    writeTinyGguf(model)
    const outside = await startOutside(model)
    const watched = { key: 'llamacpp:outside', name: 'Outside', preset: 'llamacpp', args: { port: outside.port } }
    const app = await openApp(home, [watched])
    const { page } = app
    await app.waitFor('Outside', 'external, ok')
    await page.getByText(`llama-server, pid ${outside.pid}`).first().waitFor()

    await page.keyboard.press('Control+n')
    await llamaOption(page)
      .getByText(new RegExp(`running on port ${outside.port}, version \\S+`))
      .waitFor()
    await llamaOption(page).click()
    const detail = page.getByRole('region', { name: 'llama.cpp server' })
    const found = await detail.locator('p', { hasText: /^Installed/ }).textContent()
    expect(found).toContain(llama.program)
    const output = execFileSync('/bin/sh', ['-c', '"$0" --version 2>&1', llama.program], { encoding: 'utf8' })
    expect(output).toContain(/version b?(\S+):/.exec(found ?? '')?.[1])
    await detail.getByText(`(llama-server, pid ${outside.pid})`).waitFor()
    await detail.getByText('your service “Outside” watches it').waitFor()
    await page.keyboard.press('Escape')

    // It can be tried as it runs.
    await page.keyboard.press('Control+3')
    await page.keyboard.press('Enter')
    await page
      .getByRole('status')
      .getByText(/^Answer .*, \d+ tokens/)
      .waitFor()
    expect(isAlive(outside.pid)).toBe(true)
  })

  it('says who holds a port, in the form and at the start', async () => {
    const { home, models } = personHome()
    const model = join(models, 'tiny.gguf')
    writeTinyGguf(model)
    const outside = await startOutside(model)
    const app = await openApp(home, [])
    const { page, heading, entries } = app
    await addLlama(app)
    await page.keyboard.press('Enter')
    await heading('Address').waitFor()
    await page.getByRole('textbox', { name: 'Port' }).fill(String(outside.port))
    const who = `llama-server (pid ${outside.pid})`
    await page.getByText(`taken by ${who}`).waitFor()
    await page.keyboard.press('Enter')
    await heading('Check and start').waitFor()
    await page.getByText(`is taken by ${who}`).waitFor()
    await page.keyboard.press('Enter')
    await heading(/did not start$/).waitFor()
    await page.getByRole('dialog').getByRole('alert').getByText(who).first().waitFor()
    expect(isAlive(outside.pid)).toBe(true)

    // Back leads to where it can be mended.
    await waitFor(async () => (await focusedText(page)) === 'Back', { what: 'the focus on "Back"' })
    await page.keyboard.press('Enter')
    await heading('Address').waitFor()
    const use = page.getByRole('button', { name: /^Use \d+$/ })
    const free = Number((await use.textContent())?.slice('Use '.length))
    await use.click()
    await page.getByText('free', { exact: true }).waitFor()
    await page.getByRole('textbox', { name: 'Port' }).press('Enter')
    await heading('Check and start').waitFor()
    await page.keyboard.press('Enter')
    await heading('It works').waitFor()
    expect(entries()).toEqual([expect.objectContaining({ args: expect.objectContaining({ port: free }) })])
    expect((await askHealth(free)).status).toBe(200)
  })

  it('shows the reason that the server gives for a damaged model', async () => {
    const { home, models } = personHome()
    const broken = join(models, 'broken.gguf')
    writeTinyGguf(broken)
    truncateSync(broken, 2000)
    const app = await openApp(home, [])
    const { page, heading, entries, errorsOf } = app
    await addLlama(app)
    await page.getByRole('option', { name: /^broken/i }).waitFor()
    await tabTo(page, /^Model file/)
    await page.keyboard.type('broken')
    await page.keyboard.press('Enter')
    // What the app saw itself is told before, but does not stand in the way.
    await page.getByRole('dialog').locator('.setup-warning').first().waitFor()
    await saveAndStart(app)
    await heading(/did not start$/).waitFor()
    const reason = page.getByRole('dialog').getByRole('alert')
    await reason.getByText(`failed to load model, '${broken}'`).waitFor()
    await reason.getByText('exiting due to model loading error').waitFor()
    // The app goes on trying, but what can be done about it stays where it is.
    const key = entries()[0]?.key ?? ''
    const failures = () => errorsOf(key).split('exiting due to model loading error').length - 1
    await waitFor(() => failures() >= 2, { what: 'another attempt' })
    await heading(/did not start$/).waitFor()

    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByText('No services yet.').waitFor()
    expect(entries()).toEqual([])
  })

  it('shows that a large model is loading until it is loaded', async () => {
    const { home, models } = personHome()
    const file = join(models, 'hollow.gguf')
    writeHollowGguf(file, { name: 'Hollow', width: 2048, layers: 6 })
    const args = { port: await freePort(), extraArgs: ['-m', file, '-c', '256'] }
    const app = await openApp(home, [{ key: 'llamacpp:large', name: 'Large', preset: 'llamacpp', args }])
    await app.start('Large')
    await app.waitFor('Large', 'running, loading')
    await app.page.getByText(/^loading for/).waitFor()
    await app.waitFor('Large', 'running, ok')
  })

  it('loads and unloads the models of a router', async () => {
    const { home } = personHome()
    const folder = join(home, 'offered')
    mkdirSync(folder)
    for (const [seed, name] of ['alpha', 'beta', 'broken'].entries()) {
      writeTinyGguf(join(folder, `${name}.gguf`), { name, seed })
    }
    truncateSync(join(folder, 'broken.gguf'), 1000)
    const app = await openApp(home, [])
    const { page, heading, entries, pidOf } = app
    await addLlama(app)
    await tabTo(page, /^Models folder/)
    await page.keyboard.type(folder)
    await saveAndStart(app)
    await heading('It works').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    const { key } = entries()[0] ?? { key: '' }
    const router = endLater(pidOf(key))

    await page.getByRole('tab', { name: 'Models' }).click()
    const list = page.getByRole('list', { name: 'Models of the server' })
    const model = (name: string, state: string) =>
      list.getByRole('listitem', { name: new RegExp(`^${name}, ${state}$`) })
    for (const name of ['alpha', 'beta', 'broken']) await model(name, 'not loaded').waitFor()
    expect(childrenOf(router)).toEqual([])

    await model('alpha', 'not loaded').getByRole('button', { name: 'Load' }).click()
    await model('alpha', 'loaded').waitFor()
    await page.getByText('1 of 3 models loaded').waitFor()
    const [child = 0, ...others] = childrenOf(router).map(endLater)
    expect(others).toEqual([])
    expect(isAlive(child)).toBe(true)

    await model('broken', 'not loaded').getByRole('button', { name: 'Load' }).click()
    await model('broken', 'failed').waitFor()
    await list.getByText('ended with code 1').first().waitFor()

    await model('alpha', 'loaded').getByRole('button', { name: 'Unload' }).click()
    await model('alpha', 'not loaded').waitFor()
    await waitUntilGone(child)
  })
})

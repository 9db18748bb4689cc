import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { launchApp, makeHome, type RunningApp, removeHome } from './support/launch-app.ts'

const DEMO = 'Demo server'
const MODEL = 'agentos-demo-ngram'
const URL = 'http://127.0.0.1:11555'

/** From an empty home to the first answer, with nothing but what ships with the app. */
describe('models of a server, and trying it', () => {
  let running: RunningApp
  let page: Page

  const item = () => page.getByRole('listitem', { name: new RegExp(`^${DEMO}`) })
  const tab = (name: string) => page.getByRole('tab', { name, exact: true })
  const prompt = () => page.getByRole('textbox', { name: 'Prompt' })
  const answer = () => page.getByRole('log', { name: `${DEMO} answer` })
  const maxTokens = () => page.getByRole('spinbutton', { name: 'Max tokens' })
  const said = (text: string | RegExp) => page.getByRole('status').getByText(text)
  const clipboard = () => running.app.evaluate(({ clipboard: system }) => system.readText())

  beforeAll(async () => {
    running = await launchApp({ home: await makeHome() })
    page = await running.window()
    await item().click()
  })

  afterAll(async () => {
    await running.quit()
    await removeHome(running.home)
  })

  it('offers output, models and a try, and begins with the output', async () => {
    await tab('Try it').waitFor()
    const names = await page.getByRole('tablist', { name: DEMO }).getByRole('tab').allInnerTexts()
    expect(names).toEqual(['Output', 'Models', 'Try it'])
    expect(await tab('Output').getAttribute('aria-selected')).toBe('true')
  })

  it('says of a server that does not run that it has to, and starts it', async () => {
    await tab('Models').click()
    await page.getByText(`${DEMO} has to run to tell its models.`).waitFor()
    await page.getByRole('tabpanel').getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('listitem', { name: /^Demo server, running, ok/ }).waitFor()
  })

  it('lists its models', async () => {
    await page
      .getByRole('list', { name: 'Models of the server' })
      .getByRole('listitem', { name: new RegExp(`^${MODEL}`) })
      .waitFor()
  })

  it('tries it with one Enter after a click, and shows the answer as it comes', async () => {
    await tab('Try it').click()
    await waitFor(() => prompt().evaluate((node) => node === document.activeElement), {
      what: 'the prompt to be focused',
    })
    expect(await prompt().inputValue()).not.toBe('')
    expect(await page.getByRole('combobox', { name: 'Model' }).inputValue()).toBe(MODEL)
    await page.keyboard.press('Enter')
    await said(/^Answer (complete|stopped at the token limit), \d+ tokens?/).waitFor()
    expect((await answer().textContent())?.trim()).toBeTruthy()
    await page.getByText(/^first after [\d.]+ s$/).waitFor()
  })

  it('keeps the answer while another tab or service is looked at', async () => {
    const text = await answer().textContent()
    await page.keyboard.press('Control+1')
    await page
      .getByRole('log', { name: `${DEMO} output` })
      .getByText('POST /v1/chat/completions 200')
      .first()
      .waitFor()
    expect(await answer().count()).toBe(0)
    await page.keyboard.press('Control+3')
    expect(await answer().textContent()).toBe(text)
  })

  it('says that the token limit was reached', async () => {
    await maxTokens().fill('3')
    await prompt().press('Enter')
    await page.getByText('Stopped at the token limit', { exact: true }).waitFor()
    await said(/^Answer stopped at the token limit, 3 tokens/).waitFor()
  })

  it('begins a line with Shift and Enter, and sends with Control and Enter', async () => {
    await prompt().fill('the tide')
    await prompt().press('Shift+Enter')
    await prompt().pressSequentially('and the moon')
    expect(await prompt().inputValue()).toBe('the tide\nand the moon')
    await maxTokens().fill('5')
    await prompt().press('Control+Enter')
    await said(/^Answer .*, 5 tokens/).waitFor()
  })

  it('sends nothing without a prompt, or with a limit that is none', async () => {
    const send = page.getByRole('button', { name: 'Send' })
    await prompt().fill('  ')
    expect(await send.getAttribute('aria-disabled')).toBe('true')
    await prompt().fill('the tide')
    expect(await send.getAttribute('aria-disabled')).toBe('false')
    await maxTokens().fill('0')
    expect(await send.getAttribute('aria-disabled')).toBe('true')
    await maxTokens().fill('64')
  })

  it('copies the base URL and code of each language, with the model in it and without a key', async () => {
    await page.getByRole('button', { name: 'Copy the base URL' }).click()
    await waitFor(async () => (await clipboard()) === `${URL}/v1`, { what: 'the base URL in the clipboard' })
    await page.getByRole('button', { name: 'Use it from your own code' }).click()
    for (const [language, word] of [
      ['curl', 'curl'],
      ['Python', 'import'],
      ['JavaScript', 'fetch'],
    ] as const) {
      await tab(language).click()
      await page.getByRole('button', { name: `Copy the ${language} code` }).click()
      await waitFor(
        async () => {
          const copied = await clipboard()
          return copied.includes(word) && copied.includes('127.0.0.1:11555') && copied.includes(MODEL)
        },
        { what: `${language} code in the clipboard` },
      )
    }
  })

  it('shows the log at its place again after another tab, and then what was printed meanwhile', async () => {
    await tab('Output').click()
    const log = page.getByRole('log', { name: `${DEMO} output` })
    for (let request = 0; request < 60; request += 1) await (await fetch(`${URL}/v1/models`)).arrayBuffer()
    await log.press('Home')
    await log.getByText('listening on').waitFor()
    await page.getByRole('button', { name: 'Follow' }).waitFor()
    await tab('Models').click()
    expect(await page.getByRole('log').count()).toBe(0)
    expect((await fetch(`${URL}/late`)).status).toBe(404)
    await tab('Output').click()
    await log.getByText('listening on').waitFor()
    expect(await log.evaluate((node) => node.scrollTop)).toBe(0)
    await page.getByRole('button', { name: 'Follow' }).click()
    await log.getByText('/late').waitFor()
  })

  it('tells that a stopped server cannot be tried, and keeps its answer', async () => {
    await item().getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('listitem', { name: /^Demo server, stopped/ }).waitFor()
    await tab('Try it').click()
    await page.getByText(`${DEMO} has to run to be tried.`).waitFor()
    expect(await page.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled')).toBe('true')
    expect((await answer().textContent())?.trim()).toBeTruthy()
  })
})

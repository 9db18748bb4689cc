import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { focusedText, tabTo as pressTabTo } from './support/keyboard.ts'
import { isGone, launchApp, makeHome, type RunningApp, removeHome, waitForHttp } from './support/launch-app.ts'

interface Entry {
  readonly key: string
  readonly name?: string
  readonly preset?: string
  readonly autoStart?: boolean
  readonly args?: { readonly port?: number }
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
}

const SECRET = 'hf_NobodyShallReadThis'

/** One story in the order a person lives it, by the keyboard; each step builds on the one before. */
describe('setting up services in the window', () => {
  let running: RunningApp
  let page: Page

  const file = () => join(running.home, 'config', 'services.json')
  const entries = async (): Promise<readonly Entry[]> => JSON.parse(await readFile(file(), 'utf8')).services
  const first = async (): Promise<Entry> => {
    const [entry] = await entries()
    if (entry === undefined) throw new Error('expected an entry in services.json, got none')
    return entry
  }
  const write = (services: readonly object[]) => writeFile(file(), JSON.stringify({ version: 1, services }, null, 2))
  const heading = (name: string | RegExp) => page.getByRole('heading', { name })
  const item = (name: RegExp) => page.getByRole('listitem', { name })
  const dialogIsGone = () => page.getByRole('dialog').waitFor({ state: 'detached' })
  const tabTo = (name: RegExp) => pressTabTo(page, name)

  beforeAll(async () => {
    const home = await makeHome()
    await mkdir(join(home, 'config'), { recursive: true })
    await writeFile(join(home, 'config', 'services.json'), JSON.stringify({ version: 1, services: [] }))
    running = await launchApp({ home })
    page = await running.app.firstWindow()
    await page.getByText('No services yet.').waitFor()
  })

  afterAll(async () => {
    if (!isGone(running.pid)) await running.quit()
    await removeHome(running.home)
  })

  it('goes from an empty list to a running server with a handful of keys', async () => {
    // The big action of the empty list has the focus.
    await page.keyboard.press('Enter')
    await page.getByRole('listbox', { name: 'Which server?' }).waitFor()
    await page.keyboard.type('demo')
    await page.keyboard.press('Enter')
    await heading(/^(Model and options|What it runs)$/).waitFor()
    await page.keyboard.press('Enter')
    await heading('Address').waitFor()
    await page.keyboard.press('Enter')
    await heading('Check and start').waitFor()
    expect(await entries()).toEqual([])
    await page.keyboard.press('Enter')
    await heading('It works').waitFor()
    await page.getByRole('dialog').getByRole('log').getByText('listening on http://').waitFor()

    await waitFor(async () => (await focusedText(page)) === 'Try it', { what: 'the focus to be on "Try it"' })
    await pressTabTo(page, /^Done$/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await dialogIsGone()
    await item(/, running, ok/).waitFor()
    const entry = await first()
    expect(entry.preset).toBe('demo')
    await waitForHttp(`http://127.0.0.1:${entry.args?.port ?? 11_555}/health`)
    await waitFor(async () => (await focusedText(page)) === (entry.name ?? entry.key), {
      what: 'the focus to be on its row',
    })
  })

  it('keeps the output of the window behind alive when a dialog with the same output closes', async () => {
    const { args } = await first()
    await page.getByRole('log').getByText('listening on http://').waitFor()
    await fetch(`http://127.0.0.1:${args?.port ?? 11_555}/v1/models`)
    await page.getByRole('log').getByText('GET /v1/models 200').first().waitFor()
  })

  it('deletes a running service after asking, and takes that back', async () => {
    const before = await entries()
    const port = before[0]?.args?.port ?? 11_555
    await page.keyboard.press('Delete')
    await page.getByRole('dialog').getByText('It will be stopped').waitFor()
    await page.keyboard.press('Escape')
    await dialogIsGone()
    expect(await entries()).toEqual(before)

    await page.keyboard.press('Delete')
    await tabTo(/^Stop and delete$/)
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'deleted' }).waitFor()
    expect(await entries()).toEqual([])
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow()

    await page.keyboard.press('Control+z')
    await item(/, stopped/).waitFor()
    expect(await entries()).toEqual(before)
  })

  it('asks before it throws away what was entered', async () => {
    await tabTo(new RegExp(`^${(await first()).name ?? (await first()).key}$`))
    await page.keyboard.press('F2')
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    await page.keyboard.press('Escape')
    await dialogIsGone()

    await page.keyboard.press('F2')
    await page.getByRole('textbox', { name: 'Name' }).fill('Half')
    await page.keyboard.press('Escape')
    await page.getByText('Discard what you entered?').waitFor()
    await page.keyboard.press('Enter')
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Half')
    await page.keyboard.press('Escape')
    await tabTo(/^Discard$/)
    await page.keyboard.press('Enter')
    await dialogIsGone()
    expect((await first()).name).not.toBe('Half')
  })

  it('says what is wrong at its field, and saves nothing of it', async () => {
    const before = await entries()
    await page.keyboard.press('Control+e')
    await page.getByRole('tab', { name: 'Address' }).click()
    const port = page.getByRole('textbox', { name: 'Port' })
    await port.fill('70000')
    await page.keyboard.press('Control+Enter')
    await page.getByText(/65535/).first().waitFor()
    expect(await port.getAttribute('aria-invalid')).toBe('true')
    const described = (await port.getAttribute('aria-describedby'))?.split(' ') ?? []
    const told = await page.evaluate(
      (ids) => ids.map((id) => document.getElementById(id)?.textContent).join(' '),
      described,
    )
    expect(told).toContain('65535')
    expect(await entries()).toEqual(before)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Discard' }).click()
    await dialogIsGone()
  })

  it('moves nothing away from under the pointer when a field is left that is wrong', async () => {
    await page.keyboard.press('Control+e')
    await page.getByRole('tab', { name: 'Address' }).click()
    await page.getByRole('textbox', { name: 'Port' }).fill('many')
    const choice = page.getByRole('radio', { name: /^Local network/ })
    const box = await choice.boundingBox()
    if (box === null) throw new Error('expected to see the choice, got nothing')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.getByRole('textbox', { name: 'Port' }).and(page.locator(':not(:focus)')).waitFor()
    expect(await choice.boundingBox()).toEqual(box)
    await page.mouse.up()
    await page
      .getByText(/expected a number/i)
      .first()
      .waitFor()
    expect(await choice.isChecked()).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Discard' }).click()
    await dialogIsGone()
  })

  it('lets the person decide when the file has changed under a form', async () => {
    await page.keyboard.press('Control+e')
    const name = page.getByRole('textbox', { name: 'Name' })
    await name.fill('Mine')
    const entry = await first()
    await write([{ ...entry, name: 'Theirs' }])
    await item(/^Theirs/).waitFor({ state: 'attached' })
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: 'Save mine over it' }).waitFor()
    expect((await first()).name).toBe('Theirs')

    await page.getByRole('button', { name: 'Reload what is in the file' }).click()
    await waitFor(async () => (await name.inputValue()) === 'Theirs', { what: 'the form to show the file' })
    await name.fill('Mine after all')
    await write([{ ...entry, name: 'Theirs again' }])
    await item(/^Theirs again/).waitFor({ state: 'attached' })
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: 'Save mine over it' }).click()
    await dialogIsGone()
    await item(/^Mine after all/).waitFor()
    expect(await first()).toEqual({ ...entry, name: 'Mine after all' })
  })

  it('masks secrets, and shows none that is stored', async () => {
    await page.keyboard.press('Control+e')
    await page.getByRole('tab', { name: 'Environment and secrets' }).click()
    await page.getByRole('button', { name: 'Add variable' }).click()
    await page.keyboard.type(`HF_TOKEN=${SECRET}`)
    const value = page.getByLabel('Value of HF_TOKEN')
    expect(await value.inputValue()).toBe(SECRET)
    expect(await value.getAttribute('type')).toBe('password')
    await page.keyboard.press('Control+Enter')
    await dialogIsGone()

    const { env = {}, secrets = [] } = await first()
    const isKeptSafely = secrets.includes('HF_TOKEN')
    // Where the system has no safe storage the form says that it stands in the file, and there it is.
    expect(env.HF_TOKEN).toBe(isKeptSafely ? undefined : SECRET)
    if (isKeptSafely) {
      const folder = join(running.home, 'config')
      const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
      expect(texts.join('\n')).not.toContain(SECRET)
    }

    await page.keyboard.press('Control+e')
    await page.getByRole('tab', { name: 'Environment and secrets' }).click()
    await value.waitFor()
    expect(await value.getAttribute('type')).toBe('password')
    expect(await value.inputValue()).toBe(isKeptSafely ? '' : SECRET)
    expect(await page.evaluate(() => document.body.textContent)).not.toContain(SECRET)
    await page.keyboard.press('Escape')
    await dialogIsGone()
  })

  it('duplicates and moves services', async () => {
    await page.getByRole('button', { name: 'Service actions' }).click()
    await page.getByRole('menuitem', { name: 'Duplicate' }).click()
    await page.getByRole('status').filter({ hasText: 'duplicated' }).waitFor()
    const [original, copy] = await entries()
    expect(copy?.key).not.toBe(original?.key)
    expect(copy?.args?.port).not.toBe(original?.args?.port)

    const rows = () => page.locator('.row').evaluateAll((all) => all.map((row) => row.getAttribute('data-key')))
    const shownAs = (...keys: (string | undefined)[]) =>
      waitFor(async () => (await rows()).join() === keys.join(), { what: `the window to show ${keys.join(', ')}` })
    await shownAs(original?.key, copy?.key)
    await page.locator('.row[data-selected="true"] .row-select').focus()
    await page.keyboard.press('Alt+ArrowUp')
    await shownAs(copy?.key, original?.key)
    expect((await first()).key).toBe(copy?.key)
    await page.keyboard.press('Alt+ArrowDown')
    await shownAs(original?.key, copy?.key)
    expect((await first()).key).toBe(original?.key)
    // At the end there is nowhere to go.
    await page.keyboard.press('Alt+ArrowDown')
    expect((await entries()).map(({ key }) => key)).toEqual([original?.key, copy?.key])
  })

  it('changes nothing while the file has a mistake, and says so', async () => {
    const good = await readFile(file(), 'utf8')
    await writeFile(file(), good.replace('"version"', '"version'))
    await page.getByRole('alert').filter({ hasText: 'services.json has a mistake. ' }).waitFor()
    await page.keyboard.press('Control+n')
    const toast = page.getByRole('alert').filter({ hasText: 'cannot be changed from here' })
    await toast.getByRole('button', { name: 'Open services.json' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await writeFile(file(), good)
    await page.getByRole('alert').filter({ hasText: 'services.json has a mistake. ' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Control+n')
    await page.getByRole('listbox', { name: 'Which server?' }).waitFor()
    await page.keyboard.press('Escape')
    await dialogIsGone()
  })
})

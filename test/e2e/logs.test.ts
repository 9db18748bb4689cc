import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { launchApp, makeHome, type RunningApp, removeHome, repositoryRoot } from './support/launch-app.ts'

const TURNS = 6
const talker = join(repositoryRoot, 'test/fixtures/talker.ts')
const service = (key: string, name: string, ...extraArgs: string[]) => ({
  key,
  name,
  binName: process.execPath,
  args: { extraArgs: [talker, ...extraArgs] },
  restart: { policy: 'no' },
  stop: { graceSeconds: 1 },
})

async function homeWith(services: readonly object[]): Promise<string> {
  const home = await makeHome()
  await mkdir(join(home, 'config'), { recursive: true })
  await writeFile(join(home, 'config/services.json'), JSON.stringify({ version: 1, services }))
  return home
}

const item = (page: Page, name: string) => page.getByRole('listitem', { name: new RegExp(`^${name}`) })
const press = (page: Page, name: string, button: string) =>
  item(page, name).getByRole('button', { name: button, exact: true }).click()
const logOf = (page: Page, name: string) => page.getByRole('log', { name: `${name} output` })
/** The drawn rows, top to bottom: the text of lines, the words of marks. */
const rowsOf = (page: Page, name: string) => logOf(page, name).locator('.line').allInnerTexts()
const linesOf = (page: Page, name: string) =>
  logOf(page, name).locator('.line:not(.line-mark) .line-text').allInnerTexts()

const spoken = ['INFO ready <b>at</b> http://127.0.0.1:8080/docs', 'ERROR out of memory'].concat(
  Array.from({ length: TURNS }, (_, n) => [`out ${n}`, `err ${n}`]).flat(),
)

describe('the output of a service', () => {
  let running: RunningApp
  let page: Page

  beforeAll(async () => {
    const home = await homeWith([service('test:talker', 'Talker', String(TURNS), '120')])
    running = await launchApp({ home })
    page = await running.window()
    await press(page, 'Talker', 'Start')
    await logOf(page, 'Talker')
      .getByText(`err ${TURNS - 1}`)
      .waitFor()
  })

  afterAll(async () => {
    await running.quit()
    await removeHome(running.home)
  })

  afterEach(async () => {
    await page.keyboard.press('Escape')
  })

  it('leaves the main process as much memory for young objects as before, however busy that is', async () => {
    const sizes = await running.app.evaluate(async () => {
      const v8: typeof import('node:v8') = process.mainModule?.require('node:v8')
      const newSpace = () =>
        v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size
      const before = newSpace()
      for (let round = 0; round < 100; round += 1) {
        // Enough that survives collections: V8 would double it, again and again.
        const kept = Array.from({ length: 20_000 }, (_, n) => ({ n, text: `text ${n}` }))
        await new Promise((resolve) => setTimeout(resolve, kept.length / 20_000))
      }
      return { before, after: newSpace() }
    })
    expect(sizes.before).toBeGreaterThan(0)
    expect(sizes.after).toBeLessThanOrEqual(sizes.before ?? 0)
  })

  it('shows both streams in order of arrival, after a mark of the start', async () => {
    expect(await linesOf(page, 'Talker')).toEqual(spoken)
    const [first] = await rowsOf(page, 'Talker')
    expect(first).toMatch(/Started .*pid \d+/)
    const errors = logOf(page, 'Talker').locator('.of-stderr .line-text')
    expect(await errors.allInnerTexts()).toEqual(spoken.filter((_, index) => index % 2 === 1))
  })

  it('shows colours as colours and markup as text', async () => {
    const log = logOf(page, 'Talker')
    expect(await log.locator('b').count()).toBe(0)
    const colour = (text: string) =>
      log
        .locator('.line-text span', { hasText: text })
        .first()
        .evaluate((node) => getComputedStyle(node).color)
    expect(await colour('INFO')).not.toBe(await colour('ERROR'))
  })

  it('shows one stream alone', async () => {
    await page.getByRole('tab', { name: 'stderr' }).click()
    await logOf(page, 'Talker').getByText('err 0').waitFor()
    expect(await linesOf(page, 'Talker')).toEqual(spoken.filter((_, index) => index % 2 === 1))
    await page.getByRole('tab', { name: 'All' }).click()
    await logOf(page, 'Talker').getByText('out 0').waitFor()
  })

  it('is searched, by plain text and by pattern, and a bad pattern is refused in words', async () => {
    await page.keyboard.press('Control+f')
    const field = page.getByRole('textbox', { name: 'Search the output' })
    await field.fill('err ')
    const status = page.locator('.search-status')
    await waitFor(async () => ((await status.textContent()) ?? '').endsWith(`of ${TURNS}`), {
      what: 'the number of matches',
    })
    const before = await status.textContent()
    await page.keyboard.press('Enter')
    await waitFor(async () => (await status.textContent()) !== before, { what: 'the next match' })
    await page.getByRole('button', { name: 'Regular expression' }).click()
    await field.fill('^(out|err) [01]$')
    await waitFor(async () => ((await status.textContent()) ?? '').endsWith('of 4'), {
      what: 'the matches of the pattern',
    })
    await field.fill('(')
    await waitFor(async () => /not a regular expression/.test((await status.getAttribute('title')) ?? ''), {
      what: 'the reason',
    })
    await page.getByRole('button', { name: 'Regular expression' }).click()
    await page.getByRole('button', { name: 'Close search' }).click()
  })

  it('ends the search for a pattern that never comes back, and goes on', async () => {
    await page.keyboard.press('Control+f')
    await page.getByRole('button', { name: 'Regular expression' }).click()
    await page.getByRole('textbox', { name: 'Search the output' }).fill('((((ready|[^z])+)+)+)+$(?=z)')
    const status = page.locator('.search-status')
    await waitFor(async () => /too long/.test((await status.getAttribute('title')) ?? ''), { what: 'the reason' })
    await page.getByRole('button', { name: 'Regular expression' }).click()
    await page.getByRole('button', { name: 'Close search' }).click()
    expect(await linesOf(page, 'Talker')).toEqual(spoken)
  })

  it('is filtered to the matches, with as many lines around them as wanted', async () => {
    await page.keyboard.press('Control+f')
    await page.getByRole('textbox', { name: 'Search the output' }).fill('out 3')
    await page.getByRole('button', { name: 'Only matches' }).click()
    const context = page.getByRole('combobox', { name: 'Rows around each match' })
    await context.selectOption('0')
    await waitFor(async () => (await linesOf(page, 'Talker')).join() === 'out 3', { what: 'the match alone' })
    await context.selectOption('1')
    await waitFor(async () => (await linesOf(page, 'Talker')).join() === 'err 2,out 3,err 3', {
      what: 'its neighbours',
    })
    await page.getByRole('button', { name: 'Close search' }).click()
    await waitFor(async () => (await linesOf(page, 'Talker')).length === spoken.length, { what: 'all lines again' })
  })

  it('is copied as it is shown', async () => {
    await logOf(page, 'Talker').focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    const clipboard = () => running.app.evaluate(({ clipboard: board }) => board.readText())
    const copied = await waitFor(async () => (await clipboard()).includes(`err ${TURNS - 1}`) && clipboard(), {
      what: 'the text in the clipboard',
    })
    expect(copied.split('\n').filter((line) => !line.startsWith('---'))).toEqual(spoken)
  })

  it('is exported as text', async () => {
    const file = join(running.home, 'exported.log')
    await running.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
    }, file)
    await page.getByRole('button', { name: 'More' }).click()
    await page
      .getByRole('menuitem', { name: /^Export all/ })
      .first()
      .click()
    const read = () => readFile(file, 'utf8').catch(() => '')
    const text = await waitFor(async () => (await read()).includes(`err ${TURNS - 1}`) && read(), { what: 'the file' })
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('---'))).toEqual(spoken)
  })

  it('opens an address only after the person has read it', async () => {
    await running.app.evaluate(({ dialog, shell }) => {
      const asked: string[] = []
      const opened: string[] = []
      Object.assign(globalThis, { asked, opened })
      dialog.showMessageBox = ((...args: unknown[]) => {
        asked.push((args.at(-1) as { detail: string }).detail)
        return Promise.resolve({ response: asked.length === 1 ? 1 : 0, checkboxChecked: false })
      }) as typeof dialog.showMessageBox
      shell.openExternal = (url: string) => {
        opened.push(url)
        return Promise.resolve()
      }
    })
    const seen = () =>
      running.app.evaluate(() => {
        const { asked, opened } = globalThis as unknown as { asked: string[]; opened: string[] }
        return { asked, opened }
      })
    const link = logOf(page, 'Talker').locator('[data-url]').first()
    await link.click()
    await waitFor(async () => (await seen()).asked.length === 1, { what: 'the question' })
    await link.click()
    await waitFor(async () => (await seen()).opened.length === 1, { what: 'the browser' })
    const url = 'http://127.0.0.1:8080/docs'
    expect(await seen()).toEqual({ asked: [url, url], opened: [url] })
  })

  it('has a window of its own', async () => {
    const opened = running.app.waitForEvent('window')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: /own window/ }).click()
    const own = await opened
    await logOf(own, 'Talker')
      .getByText(`err ${TURNS - 1}`)
      .waitFor()
    expect(await linesOf(own, 'Talker')).toEqual(spoken)
    expect(await own.title()).toBe('Talker output')
    await own.close()
  })

  it('marks the end of a run with its reason, and the next start', async () => {
    await press(page, 'Talker', 'Restart')
    await waitFor(async () => (await linesOf(page, 'Talker')).length >= 2 * spoken.length, { what: 'the second run' })
    const marks = (await logOf(page, 'Talker').locator('.line-mark').allInnerTexts()).map((text) => text.trim())
    expect(marks).toHaveLength(3)
    expect(marks[1]).toMatch(/^Ended .*stopped/)
    expect(marks[2]).toMatch(/^Started .*pid \d+/)
  })

  it('is cleared after a question', async () => {
    await running.app.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false })
    })
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: /^Clear/ }).click()
    await waitFor(async () => (await linesOf(page, 'Talker')).length === 0, { what: 'an empty log' })
  })
})

describe('the output of a service that outlives the app', () => {
  it('is all there, what was printed meanwhile without times', async () => {
    const home = await homeWith([service('test:talker', 'Talker', '2', '60', '1')])
    const first = await launchApp({ home })
    const page = await first.window()
    await press(page, 'Talker', 'Start')
    await logOf(page, 'Talker').getByText('more 3', { exact: true }).waitFor()
    await first.kill()
    const log = join(home, 'log', encodeURIComponent('test:talker'), 'stdout.log')
    const numberIn = (text: string) => Number(/more (\d+)\n$/.exec(text)?.[1] ?? 0)
    const seen = numberIn(await readFile(log, 'utf8'))
    await waitFor(async () => numberIn(await readFile(log, 'utf8')) > seen + 10, { what: 'lines without the app' })
    const second = await launchApp({ home })
    const again = await second.window()
    await item(again, 'Talker, running').waitFor()
    await again.getByRole('button', { name: 'Show times' }).click()
    await logOf(again, 'Talker').focus()
    await again.keyboard.press('Home')
    const line = (n: number) =>
      logOf(again, 'Talker').locator('.line', {
        has: again.locator('.line-text', { hasText: new RegExp(`^more ${n}$`) }),
      })
    await line(seen + 5).waitFor()
    expect(
      await line(seen + 5)
        .locator('.line-time')
        .getAttribute('data-time'),
    ).toBe('')
    expect(await line(2).locator('.line-time').getAttribute('data-time')).toMatch(/^\d\d:\d\d:\d\d/)
    const takenOver = logOf(again, 'Talker').locator('.line-mark', { hasText: 'Taken over' })
    // However much was printed before it: from one mark to the next.
    const isShown = async () => {
      await again.keyboard.press('r')
      return await takenOver.isVisible()
    }
    await waitFor(isShown, { what: 'the mark of the adoption' })
    await second.quit()
    await removeHome(home)
  })

  it('keeps the place of a reader who has scrolled up, and says how much is new', async () => {
    const home = await homeWith([service('test:talker', 'Talker', '100', '5', '1')])
    const running = await launchApp({ home })
    const page = await running.window()
    await press(page, 'Talker', 'Start')
    await logOf(page, 'Talker').getByText('more ').first().waitFor()
    await logOf(page, 'Talker').focus()
    await page.keyboard.press('Home')
    await logOf(page, 'Talker').getByText('out 0', { exact: true }).waitFor()
    await page.getByRole('button', { name: /new lines?$/ }).waitFor()
    expect(await linesOf(page, 'Talker')).toContain('out 0')
    await page.keyboard.press('End')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await logOf(page, 'Talker').getByText('more ').first().waitFor()
    await running.quit()
    await removeHome(home)
  })
})

describe('windows', () => {
  it('come back as they were: the place of the main one, and the output that had a window of its own', async () => {
    const home = await homeWith([service('test:talker', 'Talker', '2', '60')])
    const first = await launchApp({ home })
    const page = await first.window()
    await press(page, 'Talker', 'Start')
    await logOf(page, 'Talker').getByText('err 1').waitFor()
    const opened = first.app.waitForEvent('window')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: /own window/ }).click()
    await logOf(await opened, 'Talker')
      .getByText('err 1')
      .waitFor()
    await page.getByRole('tab', { name: 'stderr' }).click()
    await first.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((window) => !window.getTitle().includes('output'))
        ?.setSize(777, 555),
    )
    const file = join(home, 'electron', 'windows.json')
    const places = async () => JSON.parse(await readFile(file, 'utf8').catch(() => '{"places":{}}')).places
    await waitFor(async () => (await places()).main?.width === 777, { what: 'the place to be remembered' })
    await first.quit()
    const second = await launchApp({ home })
    await waitFor(() => second.app.windows().length === 2, { what: 'both windows' })
    const sizes = await second.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.getSize().join('x')),
    )
    expect(sizes).toContain('777x555')
    const own = second.app.windows().find((window) => window.url().includes('log='))
    expect(own?.url()).toBe('app://agentos/index.html?log=test%3Atalker')
    const main = second.app.windows().find((window) => window !== own)
    await main?.getByRole('tab', { name: 'stderr', selected: true }).waitFor()
    await second.quit()
    await removeHome(home)
  })
})

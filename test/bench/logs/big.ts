import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import type { AgentosApi } from '../../../src-preload/contract/contract.ts'
import { type Benchmark, type Measurement, timed } from '../benchmark.ts'
import { inFolder } from '../support/folder.ts'
import { BIG_LINES, beginningOf, NEEDLE, writeBigLog } from './big-log.ts'
import { logFolder, openService, openViewer } from './viewer.ts'

const OPENS = 7
const JUMPS = 25
const SEARCHES = 3

const SMALL = { key: 'bench:small', name: 'Small', binName: '/bin/echo', extraArgs: ['all there is'], autoStart: true }
const BIG = { key: 'bench:big', name: 'Big', binName: '/bin/true', extraArgs: [] }

/** One run for all figures of the big log: writing it takes longer than any of them. */
let measured: Promise<Readonly<Record<'open' | 'openAgain' | 'jump' | 'search', Measurement[]>>> | undefined
const measure = () => {
  measured ??= inFolder(measureAll)
  return measured
}

async function measureAll(home: string) {
  const folder = logFolder(home, BIG.key)
  const bytes = await writeBigLog(folder)
  await using viewer = await openViewer(home, [SMALL, BIG])
  const { page } = viewer
  const last = beginningOf(BIG_LINES - 1)
  await openService(page, 'Small', 'all there is')
  const open: Measurement[] = []
  const openAgain: Measurement[] = []
  for (let round = 0; round < OPENS; round += 1) {
    await rm(join(folder, 'stdout.index.json'), { force: true })
    open.push({ value: await openService(page, 'Big', last), floor: await smallAfter(page) })
    // The whole of it is counted, and its index is kept.
    await openService(page, 'Big', last)
    await counted(page)
    const floor = await smallAfter(page)
    openAgain.push({ value: await openService(page, 'Big', last), floor })
    await openService(page, 'Small', 'all there is')
  }
  await openService(page, 'Big', last)
  await counted(page)
  const jump: Measurement[] = []
  for (let n = 0; n < JUMPS; n += 1) {
    const line = Math.floor(((n * 0.618_034) % 1) * BIG_LINES)
    jump.push({ value: await jumpTo(page, line), floor: await frame(page) })
  }
  const search: Measurement[] = []
  for (let n = 0; n < SEARCHES; n += 1) {
    const perGigabyte = 1e9 / bytes / 1000
    const value = (await searchFor(page, NEEDLE)) * perGigabyte
    search.push({ value, floor: (await grep(join(folder, 'stdout.log'))) * perGigabyte })
  }
  return { open, openAgain, jump, search }
}

const smallAfter = (page: Page) => openService(page, 'Small', 'all there is')

/** Waits until all lines have their numbers. */
async function counted(page: Page): Promise<void> {
  await page.locator('.log-bar-text', { hasText: 'rows' }).waitFor()
}

/** Milliseconds from the wish to go to a line until it is painted. */
function jumpTo(page: Page, line: number): Promise<number> {
  return inGoTo(page, String(line + 1), `.line-number[data-line="${line + 1}"]`)
}

async function inGoTo(page: Page, text: string, selector: string): Promise<number> {
  await page.getByRole('log').focus()
  await page.keyboard.press('Control+g')
  await page.getByLabel('Line or time').fill(text)
  return await page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const from = performance.now()
        document.querySelector<HTMLFormElement>('form[aria-label="Go to"]')?.requestSubmit()
        const look = () => {
          if (document.querySelector(wanted) === null) {
            requestAnimationFrame(look)
            return
          }
          const channel = new MessageChannel()
          channel.port1.onmessage = () => resolve(performance.now() - from)
          requestAnimationFrame(() => channel.port2.postMessage(null))
        }
        look()
      }),
    selector,
  )
}

/** Milliseconds until anything that changes is painted. */
function frame(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const from = performance.now()
        const channel = new MessageChannel()
        channel.port1.onmessage = () => resolve(performance.now() - from)
        requestAnimationFrame(() => requestAnimationFrame(() => channel.port2.postMessage(null)))
      }),
  )
}

/** Milliseconds of a search through all of the log that is open, with its one match found. */
async function searchFor(page: Page, text: string): Promise<number> {
  return await page.evaluate(
    ([key, wanted]) =>
      new Promise<number>((resolve, reject) => {
        const { agentos } = window as unknown as { agentos: AgentosApi }
        const from = performance.now()
        let found = 0
        const end = agentos.on['logs.matches'](({ rows, progress, problem }) => {
          found += rows.length
          if (problem !== null) reject(new Error(problem))
          if (progress < 1) return
          end()
          if (found !== 1) reject(new Error(`expected one match, got ${found}`))
          else resolve(performance.now() - from)
        })
        const pattern = { text: wanted, isPattern: false, matchCase: true, wholeWord: false }
        void agentos.request['logs.search']({ key, view: 'merged', ...pattern }).then((reply) => {
          if (!reply.ok) reject(new Error(reply.error.message))
        })
      }),
    [BIG.key, text] as const,
  )
}

const grep = (file: string) =>
  timed(() => once(spawn('grep', ['-c', '-F', NEEDLE, file], { stdio: 'ignore', env: { LC_ALL: 'C' } }), 'exit'))

export const logOpen: Benchmark = {
  id: 'log-open',
  what: 'click to the end of a 1 GB log of 10 M lines on screen, never counted before / of a log of one line',
  unit: 'ms',
  budget: 150,
  of: 'value',
  run: async () => (await measure()).open,
}

export const logOpenAgain: Benchmark = {
  id: 'log-open-again',
  what: 'the same, with the index of the time before',
  unit: 'ms',
  budget: 150,
  of: 'value',
  run: async () => (await measure()).openAgain,
}

export const logJump: Benchmark = {
  id: 'log-jump',
  what: 'wish to go to any of 10 M lines until it is on screen / any paint',
  unit: 'ms',
  budget: 50,
  of: 'value',
  run: async () => (await measure()).jump,
}

export const logSearch: Benchmark = {
  id: 'log-search',
  what: 'search of a whole log, per GB / by grep -F',
  unit: 's',
  budget: 2,
  of: 'value',
  run: async () => (await measure()).search,
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { launchApp, type RunningApp } from '../../test/e2e/support/launch-app.ts'

export const root = join(import.meta.dirname, '../..')
const target = join(root, 'docs', 'screenshots')
const SIZE = { width: 1120, height: 720 }
/** Whose machine the pictures show. */
const PERSON = '/home/ada'

export type Theme = 'light' | 'dark'

/** The app in a home of its own, and a person's home directory that pictures call `/home/ada`. */
export interface Stage {
  readonly running: RunningApp
  readonly page: Page
  /** The person's home directory. */
  readonly person: string
  readonly setTheme: (theme: Theme) => Promise<void>
  readonly resize: (size?: { readonly width: number; readonly height: number }) => Promise<void>
  /** Draws the window, or another one. */
  readonly picture: (name: string, theme: Theme, page?: Page) => Promise<void>
  readonly inBothThemes: (name: string) => Promise<void>
  /** Writes services.json. */
  readonly write: (services: readonly object[]) => Promise<void>
  readonly writeRaw: (config: object) => Promise<void>
  readonly item: (name: string) => ReturnType<Page['getByRole']>
  readonly start: (name: string) => Promise<void>
}

export interface StageOptions {
  readonly services: readonly object[]
  /** Puts what a person has into their home directory; `bin` is in PATH. */
  readonly furnish?: (person: string, bin: string) => Promise<void>
}

/** Starts the app, lets `play` draw its pictures, and clears everything away. */
export async function onStage(
  { services, furnish }: StageOptions,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const [home, person] = [await mkdtemp(join(tmpdir(), 'agentos-a-')), await mkdtemp(join(tmpdir(), 'agentos-b-'))]
  const bin = join(person, '.local', 'bin')
  await Promise.all([mkdir(target, { recursive: true }), mkdir(join(home, 'config')), mkdir(bin, { recursive: true })])
  await furnish?.(person, bin)
  const file = join(home, 'config', 'services.json')
  const writeRaw = (config: object) => writeFile(file, JSON.stringify(config, null, 2))
  const write = (list: readonly object[]) => writeRaw({ version: 1, services: list })
  await write(services)
  const running = await launchApp({ home, env: { HOME: person, PATH: `${bin}:${process.env.PATH}` } })
  try {
    const page = await running.app.firstWindow()
    await page.getByRole('list', { name: 'Services' }).waitFor({ state: 'attached' })
    const stage = makeStage(running, page, person)
    await stage.resize()
    await play({ ...stage, write, writeRaw })
  } finally {
    await running.quit()
    for (const folder of [home, person]) await rm(folder, { recursive: true, force: true })
  }
}

function makeStage(running: RunningApp, page: Page, person: string): Omit<Stage, 'write' | 'writeRaw'> {
  const setTheme = (theme: Theme) =>
    running.app.evaluate(({ nativeTheme }, source) => {
      nativeTheme.themeSource = source
    }, theme)
  const picture = async (name: string, theme: Theme, shown = page) => {
    await setTheme(theme)
    await callHomeAdas(shown, running.home, person)
    // Two frames: one for what changed, one for what follows from it.
    await shown.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    await shown.screenshot({ path: join(target, `${name}-${theme}.png`) })
    process.stdout.write(`docs/screenshots/${name}-${theme}.png\n`)
  }
  const item = (name: string) => page.getByRole('listitem', { name: new RegExp(`^${name}`) })
  return {
    running,
    page,
    person,
    setTheme,
    picture,
    item,
    inBothThemes: async (name) => {
      for (const theme of ['light', 'dark'] as const) await picture(name, theme)
    },
    resize: ({ width, height } = SIZE) =>
      running.app.evaluate(
        ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 800, h ?? 600),
        [width, height],
      ),
    start: (name) => item(name).getByRole('button', { name: 'Start', exact: true }).click(),
  }
}

/** No picture shows where things lie on the machine that draws it. */
async function callHomeAdas(page: Page, home: string, person: string): Promise<void> {
  const names: [real: string, shown: string][] = [
    [home, `${PERSON}/.agentos`],
    [person, PERSON],
  ]
  await page.evaluate((all) => {
    const asShown = (text: string) => all.reduce((changed, [real, shown]) => changed.replaceAll(real, shown), text)
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const text = node.nodeValue ?? ''
      if (asShown(text) !== text) node.nodeValue = asShown(text)
    }
    for (const input of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')) {
      input.placeholder = asShown(input.placeholder)
      if (asShown(input.value) !== input.value) input.value = asShown(input.value)
    }
  }, names)
}

/** A demo server as an entry of services.json. */
export function demo(key: string, name: string, port: number, ...extraArgs: string[]) {
  return { key, name, preset: 'demo', args: { port, extraArgs } }
}

/** Puts a program into a folder: a shell script. */
export async function install(bin: string, name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

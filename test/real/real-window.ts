import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { launchApp } from '../e2e/support/launch-app.ts'
import { closeLater } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { llama } from './real-llama.ts'
import { pathOf } from './real-server.ts'

/** An entry of services.json, as far as these tests look at it. */
export interface Entry {
  readonly key: string
  readonly args?: { readonly port?: number; readonly extraArgs?: readonly string[] }
}

/** A person's home directory with `models` in it, one of the folders that are looked through. */
export function personHome(): { readonly home: string; readonly models: string } {
  const home = temporaryDirectory()
  const models = join(home, 'models')
  mkdirSync(models)
  return { home, models }
}

/** The real app of a person who has a llama-server in PATH and these services. Stops them when the test is over. */
export async function openApp(person: string, services: readonly object[]) {
  const home = temporaryDirectory()
  mkdirSync(join(home, 'config'))
  const file = join(home, 'config', 'services.json')
  writeFileSync(file, JSON.stringify({ version: 1, services }))
  const running = await launchApp({ home, env: { ...pathOf(llama), HOME: person } })
  closeLater(() => running.quit('stop'))
  const page = await running.app.firstWindow()
  await page.getByText('No services yet.').or(page.getByRole('listitem')).first().waitFor()
  const item = (name: RegExp) => page.getByRole('listitem', { name })
  return {
    page,
    item,
    /** All that a service has printed on stderr. */
    errorsOf: (key: string) => readFileSync(join(home, 'log', encodeURIComponent(key), 'stderr.log'), 'utf8'),
    entries: (): readonly Entry[] => JSON.parse(readFileSync(file, 'utf8')).services,
    /** Of the service's process, from its PID file. */
    pidOf: (key: string) =>
      Number(readFileSync(join(home, 'run', `${encodeURIComponent(key)}.pid`), 'utf8').split('\n')[0]),
    start: (name: string) =>
      item(new RegExp(`^${name},`))
        .getByRole('button', { name: 'Start', exact: true })
        .click(),
    /** Waits until the service is in this state, in the words of the list. */
    waitFor: (name: string, state: string) => item(new RegExp(`^${name}, ${state}$`)).waitFor(),
    heading: (name: string | RegExp) => page.getByRole('heading', { name }),
  }
}

export type App = Awaited<ReturnType<typeof openApp>>

/** Goes to the guided flow's second step for llama.cpp, by the keyboard. */
export async function addLlama({ page, heading }: App): Promise<void> {
  await page.keyboard.press('Control+n')
  await page.getByRole('listbox', { name: 'Which server?' }).waitFor()
  await page.keyboard.type('llama.cpp')
  await page.keyboard.press('Enter')
  await heading('Model and options').waitFor()
}

/** From the second step on to the start, with what is suggested. */
export async function saveAndStart({ page, heading }: App): Promise<void> {
  await page.keyboard.press('Enter')
  await heading('Address').waitFor()
  await page.keyboard.press('Enter')
  await heading('Check and start').waitFor()
  await page.keyboard.press('Enter')
}

/** What is selected of the servers in the first step: its title and what was found of it. */
export function llamaOption(page: Page) {
  return page.getByRole('option', { name: /^llama\.cpp server/ })
}

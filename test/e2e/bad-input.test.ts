import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { isGone, launchApp, makeHome, type RunningApp, removeHome } from './support/launch-app.ts'

const noise = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 131 + 7) % 256))

/** Prints a line of 4 MB, then bytes that are not UTF-8, then a line that says it is done. */
const printer = [
  "const { writeSync } = require('node:fs')",
  'const write = (bytes) => { for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at) }',
  "write(Buffer.alloc(4000000, 'x')); write(Buffer.from('\\n'))",
  "write(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])); write(Buffer.from('done\\n'))",
  'setTimeout(() => undefined, 60000)',
].join(';')

describe('what an app has to live with', () => {
  let running: RunningApp
  let page: Page

  beforeAll(async () => {
    const home = await makeHome()
    await mkdir(join(home, 'run'), { recursive: true })
    await mkdir(join(home, 'config'), { recursive: true })
    await writeFile(join(home, 'run', 'ollama%3Amain.pid'), noise)
    await writeFile(join(home, 'run', 'llamacpp%3Amain.pid'), '1\n{"version":1,"key":"llamacpp:main","pid":1}\n')
    const service = {
      key: 'node:printer',
      name: 'Printer',
      binName: process.execPath,
      args: { extraArgs: ['-e', printer] },
    }
    await writeFile(join(home, 'config', 'services.json'), JSON.stringify({ version: 1, services: [service] }))
    running = await launchApp({ home })
    page = await running.window()
  })

  afterAll(async () => {
    if (!isGone(running.pid)) await running.quit()
    await removeHome(running.home)
  })

  it('keeps damaged records aside, and says so until it is dismissed', async () => {
    const notices = page.getByRole('status', { name: 'Notices' })
    await notices.getByText(/ollama%3Amain\.pid: expected .* moved to/).waitFor()
    await notices.getByText(/llamacpp%3Amain\.pid/).waitFor()
    const files = await readdir(join(running.home, 'run'))
    const aside = files.find((name) => name.startsWith('ollama%3Amain.pid.corrupt-'))
    expect(files).not.toContain('ollama%3Amain.pid')
    expect((await readFile(join(running.home, 'run', aside ?? ''))).equals(noise)).toBe(true)
    await notices.getByRole('button', { name: 'Dismiss' }).first().click()
    await notices.getByRole('button', { name: 'Dismiss' }).first().click()
    await notices.waitFor({ state: 'detached' })
  })

  it('shows the beginning of a line of 4 MB, and bytes that are no text', async () => {
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('listitem', { name: /^Printer, running/ }).waitFor()
    const log = page.getByRole('log')
    await log.getByText('done').waitFor()
    await log.getByText(/line of (3\.8|4\.0) MB, cut/).waitFor()
    await log.getByText('a\ufffd\ufffdb').waitFor()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('listitem', { name: /^Printer, stopped/ }).waitFor()
  })

  it('keeps the services when the file is cut off in the middle', async () => {
    const file = join(running.home, 'config', 'services.json')
    const good = await readFile(file, 'utf8')
    await writeFile(file, good.slice(0, good.length / 2))
    await page.getByRole('alert').filter({ hasText: 'services.json' }).waitFor()
    expect(await page.getByRole('listitem', { name: /^Printer, stopped/ }).count()).toBe(1)
    await writeFile(file, good)
    await waitFor(async () => (await page.getByRole('alert').count()) === 0, { what: 'the banner to go' })
  })

  it('comes back after its page was loaded anew', async () => {
    await page.reload()
    await page.getByRole('listitem', { name: /^Printer, stopped/ }).waitFor()
  })
})

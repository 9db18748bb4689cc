import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron as electron } from 'playwright'
import { electronExecutable, repositoryRoot } from '../e2e/support/launch-app.ts'
import { type Benchmark, type Measurement, timed } from './benchmark.ts'

const ROUNDS = 5

/** Milliseconds from the start of the executable until `selector` is on the page. */
async function startUntil(appFolder: string, selector: string, env: Record<string, string>): Promise<number> {
  let close: () => Promise<void> = async () => undefined
  const ms = await timed(async () => {
    const app = await electron.launch({
      executablePath: electronExecutable(),
      args: [appFolder],
      env: { ...(process.env as Record<string, string>), ...env },
    })
    close = () => app.close()
    await (await app.firstWindow()).locator(selector).first().waitFor()
  })
  await close()
  return ms
}

/** The least an Electron app can do: one empty window. */
async function makeEmptyApp(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', main: 'main.cjs' }))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>empty</title><main>empty</main>')
  const main = `const { app, BrowserWindow } = require('electron')
app.setPath('userData', __dirname + '/data')
app.whenReady().then(() => new BrowserWindow({ width: 1080, height: 720 }).loadFile(__dirname + '/index.html'))`
  await writeFile(join(folder, 'main.cjs'), main)
}

/** Cold start to a usable window, against an empty window in the same Electron. */
export const coldStart: Benchmark = {
  id: 'cold-start',
  what: 'start to the list of services on screen / start to an empty window',
  unit: 'ms',
  budget: 1.3,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'agentos-bench-'))
    const empty = join(folder, 'empty')
    await makeEmptyApp(empty)
    const measurements: Measurement[] = []
    const env = { AGENTOS_HOME: join(folder, 'home') }
    // Once for nothing: the first start of both reads everything from the disk and creates the configuration.
    await startUntil(empty, 'main', {})
    await startUntil(repositoryRoot, '[aria-label="Services"] li', env)
    for (let round = 0; round < ROUNDS; round += 1) {
      const floor = await startUntil(empty, 'main', {})
      const value = await startUntil(repositoryRoot, '[aria-label="Services"] li', env)
      measurements.push({ value, floor })
    }
    await rm(folder, { recursive: true, force: true })
    return measurements
  },
}

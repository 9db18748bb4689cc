import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { launchApp, makeHome, removeHome } from './support/launch-app.ts'

/** A home as it is after a reboot of a machine on which the demo server ran. */
async function homeAfterReboot(settings: object): Promise<string> {
  const home = await makeHome()
  await mkdir(join(home, 'run'))
  await mkdir(join(home, 'config'))
  const record = { version: 1, key: 'demo:server', nonce: 'n', bootId: 'an earlier boot', command: ['x'], startedAt: 1 }
  const line = JSON.stringify({ ...record, pid: process.pid, createdAt: '1' })
  await writeFile(join(home, 'run', 'demo%3Aserver.pid'), `${process.pid}\n${line}\n`)
  await writeFile(join(home, 'config', 'settings.json'), JSON.stringify({ version: 1, ...settings }))
  return home
}

describe('after a reboot', () => {
  it('starts again what ran, if the person wants that', async () => {
    const home = await homeAfterReboot({ afterReboot: 'start-again' })
    const running = await launchApp({ home })
    const page = await running.window()
    await page.getByRole('listitem', { name: /^Demo server, running, ok/ }).waitFor()
    await running.quit()
    await removeHome(home)
  })

  it('leaves it stopped otherwise', async () => {
    const home = await homeAfterReboot({})
    const running = await launchApp({ home })
    const page = await running.window()
    await page
      .getByRole('status', { name: 'Notices' })
      .getByText(/booted since/)
      .waitFor()
    expect(await page.getByRole('listitem', { name: /^Demo server, stopped/ }).count()).toBe(1)
    await running.quit()
    await removeHome(home)
  })
})

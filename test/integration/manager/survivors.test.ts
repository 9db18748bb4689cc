import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createManager } from '../../support/manager.ts'
import { cleanUpProcesses, endLater, isAlive, waitUntilGone } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const STRANGER = 65534
const SOMEBODY = 65533
/** Starts a sleep as another user, writes its pid, and goes on. */
const SCRIPT = `
  const child = require('node:child_process').spawn('/bin/sleep', ['60'], { uid: ${STRANGER}, stdio: 'ignore' })
  child.once('spawn', () => require('node:fs').writeFileSync(process.argv[1], child.pid + '\\n'))
  setTimeout(() => process.exit(), 60_000)
`

it.runIf(process.getuid?.() === 0)(
  'what belongs to another user is named with its pid, and stays recorded',
  async () => {
    const { manager, pid, snapshot, records, home, waitForStatus } = createManager()
    const pidFile = join(home, 'pid')
    manager.setServices([makeService({ args: ['-e', SCRIPT, pidFile], graceSeconds: 0.1 })])
    await manager.start(KEY)
    const root = pid(KEY)
    await waitFor(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'), { what: 'its child' })
    const child = endLater(Number(readFileSync(pidFile, 'utf8')))

    const named = { code: 'survived', message: expect.stringContaining(`sleep (${child})`) }
    process.seteuid?.(SOMEBODY)
    try {
      expect(await manager.stopProcess(KEY)).toMatchObject({ success: false, failure: named })
    } finally {
      process.seteuid?.(0)
    }
    expect(isAlive(root)).toBe(false)
    expect(isAlive(child)).toBe(true)
    expect(snapshot(KEY)).toMatchObject({ status: 'failed', problem: named })
    expect(records()).toEqual(['test%3Aone.pid'])

    // Once it is gone, the service can be started and stopped again.
    process.kill(child, 'SIGKILL')
    await waitUntilGone(child)
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    await waitFor(() => readFileSync(pidFile, 'utf8') !== `${child}\n`, { what: 'its next child' })
    endLater(Number(readFileSync(pidFile, 'utf8')))
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    await waitForStatus(KEY, 'stopped')
    expect(records()).toEqual([])
  },
)

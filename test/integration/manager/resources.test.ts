import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../../src-main/manager/usage-sampler.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses } from '../../support/processes.ts'
import { waitForNoTimers } from '../../support/timers.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'

/** What keeps this process busy, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const windows = process.platform === 'win32' ? await import('../../support/windows-view.ts') : null
/** On Windows also what is no file; there, the system's own threads may open and close a few at any time. */
const openFiles = () => windows?.countOwnHandles() ?? readdirSync('/dev/fd').length
const SYSTEMS_OWN = windows === null ? 0 : 4

describe('five restarts', () => {
  it('leave no timer, handle, listener or open file behind', async () => {
    const { manager, snapshot } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port }, { health: { type: 'http', intervalSeconds: 60 } })])
    const settled = async () => {
      await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
      await waitFor(() => (resources().TCPSocketWrap ?? 0) === 0, { what: 'the probe’s connection to close' })
      return { resources: resources(), files: openFiles(), listeners: process.eventNames().length }
    }
    await manager.start(KEY)
    const before = await settled()
    for (let time = 0; time < 5; time += 1) expect(await manager.restart(KEY)).toMatchObject({ success: true })
    const after = await settled()
    expect(after.resources.ProcessWrap ?? 0).toBeLessThanOrEqual(before.resources.ProcessWrap ?? 0)
    expect(after.resources.Timeout ?? 0).toBeLessThanOrEqual(before.resources.Timeout ?? 0)
    expect(after.files).toBeLessThanOrEqual(before.files + SYSTEMS_OWN)
    expect(after.listeners).toBe(before.listeners)
  })

  it('and a stop leave nothing at all', async () => {
    await waitForNoTimers('the beginning')
    const files = openFiles()
    const { manager, snapshot } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port }, { health: { type: 'http', intervalSeconds: 60 } })])
    await manager.start(KEY)
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    await manager.stopProcess(KEY)
    await waitForNoTimers('a stopped service')
    await waitFor(() => openFiles() <= files + SYSTEMS_OWN, { what: 'all files to be closed' })
  })
})

describe('a disposed manager', () => {
  it('begins nothing after a launch that was under way', async () => {
    const { manager, pid } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port }, { health: { type: 'tcp', intervalSeconds: 60 } })])
    const starting = manager.start(KEY)
    await waitFor(() => manager.getProcessInfo(KEY)?.state === 'starting', { what: 'the launch' })
    manager.dispose()
    await starting
    if (manager.isProcessRunning(KEY)) pid(KEY)
    await waitForNoTimers('a disposed manager')
  })
})

describe('usage', () => {
  it('is sampled for every running service, until it is no longer wanted', async () => {
    const { manager } = createManager()
    manager.setServices([tickerService(), tickerService({ key: 'test:two' })])
    await manager.start(KEY)
    const samples: Record<string, Usage>[] = []
    const end = manager.watchUsage((usage) => samples.push(usage))
    // A process that is just being executed has no memory of its own yet.
    const first = await waitFor(() => samples.find((usage) => (usage[KEY]?.memoryBytes ?? 0) > 1_000_000), {
      what: 'a sample',
    })
    end()
    expect(Object.keys(first)).toEqual([KEY])
    expect(first[KEY]).toMatchObject({ processCount: 1 })
  })
})

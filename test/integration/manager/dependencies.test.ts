import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Dependency } from '../../../src-main/core/dependencies.ts'
import type { HealthServerOptions } from '../../fixtures/health-server.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater, fixture } from '../../support/processes.ts'
import { makeService, type ServiceOverrides } from '../../support/service-definition.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const BASE = 'test:base'
const APP = 'test:app'
const on = (key: string, until: Dependency['until'] = 'healthy') => ({ after: [{ key, until }] })
const app = (overrides: ServiceOverrides = on(BASE)) => tickerService({ key: APP, name: 'App', ...overrides })

/** A server named Base; it listens once `listen` was called. */
async function slowBase(home: string, overrides: ServiceOverrides = {}) {
  const port = await freePort()
  const listenWhen = join(home, 'listen')
  const options: HealthServerOptions = { port, answers: [200], listenWhen }
  const service = makeService({
    key: BASE,
    name: 'Base',
    args: [fixture('health-server.ts'), JSON.stringify(options)],
    port,
    graceSeconds: 0.3,
    health: { type: 'http', intervalSeconds: 0.1 },
    ...overrides,
  })
  return { service, listen: () => writeFileSync(listenWhen, '') }
}

describe('a service that comes after another', () => {
  it('starts it, waits until it is healthy, and says so', async () => {
    const { manager, home, snapshot } = createManager()
    const base = await slowBase(home)
    manager.setServices([app(), base.service])
    const started = manager.start(APP)
    const again = manager.start(APP)
    await waitFor(() => snapshot(BASE).health === 'loading', { what: 'the first one to load' })
    expect(snapshot(APP)).toMatchObject({ status: 'starting', pid: null, healthDetail: 'Waiting for Base.' })
    expect(manager.getProcessInfo(APP)).toMatchObject({ state: 'starting', pid: null })
    base.listen()
    expect(await started).toMatchObject({ success: true })
    expect(await again).toMatchObject({ success: true })
    expect(snapshot(APP)).toMatchObject({ status: 'running', problem: null })
    expect(snapshot(BASE)).toMatchObject({ status: 'running', health: 'ok' })
  })

  it('does not wait for health where that is not asked for', async () => {
    const { manager, home, snapshot } = createManager()
    const base = await slowBase(home)
    manager.setServices([base.service, app(on(BASE, 'running'))])
    expect(await manager.start(APP)).toMatchObject({ success: true })
    expect(snapshot(BASE)).toMatchObject({ status: 'running' })
    expect(snapshot(BASE).health).not.toBe('ok')
  })

  it('is called off by a stop, and what it waited for goes on', async () => {
    const { manager, home, snapshot } = createManager()
    const base = await slowBase(home)
    manager.setServices([base.service, app()])
    const started = manager.start(APP)
    await waitFor(() => snapshot(BASE).status === 'running', { what: 'the first one to run' })
    expect(await manager.stopProcess(APP)).toEqual({ success: true, message: 'App will not be started.' })
    expect(await started).toMatchObject({ success: false, failure: { code: 'stopped' } })
    expect(snapshot(APP)).toMatchObject({ status: 'stopped', problem: null })
    expect(snapshot(BASE).status).toBe('running')
  })

  it('is not started if that one cannot be, and says why until it is stopped or started', async () => {
    const { manager, snapshot } = createManager()
    const base = makeService({ key: BASE, name: 'Base', binName: '/no/such/program' })
    manager.setServices([base, app()])
    const outcome = await manager.start(APP)
    expect(outcome).toMatchObject({ success: false, failure: { code: 'dependency-failed' } })
    expect(outcome.message).toMatch(/^App was not started: it needs Base, which is not there\. .*\/no\/such\/program/)
    expect(snapshot(APP)).toMatchObject({ status: 'failed', problem: { code: 'dependency-failed' } })
    await manager.stopProcess(APP)
    expect(snapshot(APP)).toMatchObject({ status: 'stopped', problem: null })
  })

  it('is not started if that one crashes, fails its probe, or is stopped', async () => {
    const { manager, home, snapshot } = createManager()
    const slow = await slowBase(home)
    const crashing = serverService({ crashes: 9, startsFile: devNull }, { ...on(BASE), port: await freePort() })
    const failing = { ...slow.service.health, startGraceSeconds: 0, timeoutSeconds: 1 }
    for (const base of [
      { ...crashing, key: BASE, after: [] },
      { ...slow.service, health: failing },
    ]) {
      manager.setServices([base, app()])
      expect(await manager.start(APP)).toMatchObject({ success: false, failure: { code: 'dependency-failed' } })
      expect(manager.isProcessRunning(APP)).toBe(false)
      await manager.stopAll()
    }
    manager.setServices([slow.service, app()])
    const started = manager.start(APP)
    await waitFor(() => snapshot(BASE).health === 'loading', { what: 'the first one to load' })
    await manager.stopProcess(BASE)
    expect(await started).toMatchObject({ success: false, failure: { code: 'dependency-failed' } })
  })

  it('is content with a server that somebody else runs there', async () => {
    const { manager, home, snapshot } = createManager()
    const base = await slowBase(home)
    const server = createServer((_request, response) => response.end('ok'))
    await new Promise<void>((resolve) => server.listen(base.service.port ?? 0, '127.0.0.1', resolve))
    closeLater(() => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    manager.setServices([base.service, app()])
    expect(await manager.start(APP)).toMatchObject({ success: true })
    expect(snapshot(BASE)).toMatchObject({ status: 'external', health: 'ok' })
    expect(snapshot(APP).status).toBe('running')
  })

  it('is not started once it is gone from services.json', async () => {
    const { manager, home, snapshot } = createManager()
    const base = await slowBase(home)
    manager.setServices([base.service, app()])
    const started = manager.start(APP)
    await waitFor(() => snapshot(BASE).status === 'running', { what: 'the first one to run' })
    manager.setServices([base.service])
    expect(await started).toMatchObject({ success: false })
    base.listen()
    await waitFor(() => snapshot(BASE).health === 'ok', { what: 'its health' })
    expect(manager.snapshot().services.map(({ key }) => key)).toEqual([BASE])
  })

  it('is refused, and nobody waits for ever, if they wait for each other', async () => {
    const { manager } = createManager()
    manager.setServices([tickerService({ key: BASE, ...on(APP) }), app()])
    const outcome = await manager.start(APP)
    expect(outcome).toMatchObject({ success: false, failure: { code: 'dependency-cycle' } })
    expect(outcome.message).toContain('test:app → test:base → test:app')
  })
})

describe('all services', () => {
  it('are started in their order, and stopped the other way round', async () => {
    const { manager, home, snapshot } = createManager()
    const log = join(home, 'order')
    const script = `const note = (text) => require("fs").appendFileSync(${JSON.stringify(log)}, text + "\\n")
      const end = () => setTimeout(() => { note("-" + process.argv[1]); process.exit(0) }, 50)
      for (const name of ["SIGTERM", "SIGINT", "SIGBREAK"]) process.once(name, end)
      note("+" + process.argv[1]); console.log("ready"); setTimeout(() => process.exit(86), 60000)`
    const service = (key: string, after: string[]) =>
      makeService({
        key,
        args: ['-e', script, key],
        after: after.map((other) => ({ key: other, until: 'healthy' as const })),
        health: { type: 'log', logText: 'ready', intervalSeconds: 0.1 },
        graceSeconds: 20,
      })
    manager.setServices([service('t:c', ['t:b']), service('t:b', ['t:a']), service('t:a', [])])
    expect(manager.graceSeconds()).toEqual([])
    expect(await manager.startAll()).toMatchObject({ success: true })
    await waitFor(() => snapshot('t:c').health === 'ok', { what: 'the last one' })
    expect([...manager.graceSeconds()].sort((one, other) => one - other)).toEqual([20, 40, 60])
    expect(await manager.stopAll()).toMatchObject({ success: true })
    expect(readFileSync(log, 'utf8').split('\n').slice(0, -1)).toEqual(['+t:a', '+t:b', '+t:c', '-t:c', '-t:b', '-t:a'])
  })

  it('are not started any more once all are to stop', async () => {
    const { manager, home, snapshot } = createManager()
    const base = await slowBase(home)
    manager.setServices([base.service, app({ ...on(BASE), autoStart: true })])
    const started = manager.startAll({ onlyAutoStart: true })
    await waitFor(() => snapshot(BASE).status === 'running', { what: 'the first one to run' })
    await manager.stopAll()
    expect(await started).toMatchObject({ success: false })
    expect(Object.values(manager.listAllProcesses()).map(({ running }) => running)).toEqual([false, false])
  })
})

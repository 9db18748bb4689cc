import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HealthConfig } from '../../../src-main/core/health-config.ts'
import type { HealthServerOptions } from '../../fixtures/health-server.ts'
import { createManager } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, fixture, waitUntilGone } from '../../support/processes.ts'
import { makeService, type ServiceOverrides } from '../../support/service-definition.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
/** By SIGSTOP; a process of Windows cannot be stopped from outside by Node. */
const canStop = process.platform !== 'win32'
const quick = { type: 'http', intervalSeconds: 0.1, timeoutSeconds: 10, startGraceSeconds: 60 } as const

interface Setup extends Partial<Omit<HealthServerOptions, 'answers'>> {
  readonly health?: Partial<HealthConfig>
  readonly service?: ServiceOverrides
}

/** A manager with a service that answers as given; `seen` holds each health its feed told, without repetitions. */
async function startServer(answers: HealthServerOptions['answers'], { health, service, ...server }: Setup = {}) {
  const port = server.port ?? (await freePort())
  const test = createManager()
  const requestsFile = join(test.home, 'requests')
  const options: HealthServerOptions = { ...server, port, answers, requestsFile }
  const seen: string[] = []
  const define = (probe: Partial<HealthConfig>) => {
    const args = [fixture('health-server.ts'), JSON.stringify(options)]
    const definition = makeService({ args, port, graceSeconds: 0.3, ...service, health: { ...quick, ...probe } })
    test.manager.setServices([definition])
  }
  define({ ...health })
  const see = () => {
    const { status, health: now } = test.snapshot(KEY)
    if (status === 'running' && seen.at(-1) !== now) seen.push(now)
  }
  test.manager.subscribe(see)
  await test.manager.start(KEY)
  const lines = () => (existsSync(requestsFile) ? readFileSync(requestsFile, 'utf8').split('\n').slice(0, -1) : [])
  return {
    ...test,
    define,
    seen,
    lines,
    waitForHealth: (wanted: string) =>
      waitFor(() => test.snapshot(KEY).health === wanted, { what: `health ${wanted}` }),
    waitForRequests: (count: number) =>
      waitFor(() => lines().filter((line) => line === 'begin').length >= count, { what: `${count} probes` }),
  }
}

describe('a service that starts', () => {
  it('is loading while it refuses, then while it says 503, then ok', async () => {
    const listenWhen = join(createManager().home, 'listen')
    const { seen, snapshot, waitForHealth } = await startServer([503, 503, 200], { listenWhen })
    await waitForHealth('loading')
    const { healthDetail, healthSince, startedAt } = snapshot(KEY)
    expect(healthDetail).toBe('Nothing answers on its port yet.')
    expect(healthSince).toBeGreaterThanOrEqual(startedAt ?? Number.POSITIVE_INFINITY)
    writeFileSync(listenWhen, '')
    await waitForHealth('ok')
    expect(snapshot(KEY).healthDetail).toBe('HTTP 200 from /')
    expect(seen).toEqual(['unknown', 'loading', 'ok'])
  })

  it('is left alone for long while it is fine and nobody looks, and asked at once when somebody does', async () => {
    const health = { intervalSeconds: 60, unwatchedIntervalSeconds: 120 }
    const { manager, lines, waitForHealth, waitForRequests } = await startServer([200], { health })
    await waitForHealth('ok')
    const before = lines().length
    const end = manager.attend()
    await waitForRequests(before / 2 + 1)
    end()
    manager.attend()
    await waitForRequests(before / 2 + 2)
  })

  it('is failing when its grace is over, and ok when it comes late', async () => {
    const answers = [500, 500, 500, 500, 500, 200]
    const { seen, waitForHealth } = await startServer(answers, { health: { startGraceSeconds: 0 } })
    await waitForHealth('ok')
    expect(seen).toEqual(['unknown', 'loading', 'failing', 'ok'])
  })

  it('is asked by the probe for readiness first, then by that for liveness', async () => {
    const readiness = { ...quick, path: '/', expectBody: null, command: null, logPattern: null, successThreshold: 1 }
    const { seen, snapshot, waitForHealth, waitForRequests } = await startServer([200], {
      says: 'model loaded\n',
      health: { readiness: { ...readiness, type: 'log', logText: 'loaded' } },
    })
    await waitForHealth('ok')
    await waitForRequests(1)
    await waitFor(() => snapshot(KEY).healthDetail === 'HTTP 200 from /', { what: 'the other probe' })
    expect(seen.at(-1)).toBe('ok')
  })

  it('is not ready by what an earlier run said', async () => {
    const log = { type: 'log', logText: 'model loaded' } as const
    const server = await startServer([200], { says: 'model loaded\n', health: log })
    await server.waitForHealth('ok')
    await server.manager.stopProcess(KEY)
    server.manager.setServices([
      makeService({ args: [fixture('ticker.ts'), '200'], graceSeconds: 0.3, health: { ...quick, ...log } }),
    ])
    await server.manager.start(KEY)
    await server.waitForHealth('loading')
    expect(server.snapshot(KEY).healthDetail).toBe('Its output does not hold "model loaded" yet.')
  })
})

describe('a service that was ok', () => {
  it('is failing when it keeps saying 503, unless its preset knows better', async () => {
    const dead = await startServer([200, 503])
    await dead.waitForHealth('failing')
    expect(dead.seen.slice(-2)).toEqual(['ok', 'failing'])
    const reloading = await startServer([200, 503], { health: { unavailable: 'loading' } })
    await waitFor(() => reloading.seen.includes('ok'), { what: 'ok' })
    await reloading.waitForHealth('loading')
    expect(reloading.seen).not.toContain('failing')
  })

  it('does not flap with its answers', async () => {
    const answers = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? 200 : index % 3 === 1 ? 500 : 503))
    const { seen, waitForRequests } = await startServer([200, ...answers])
    await waitForRequests(30)
    expect(seen.slice(seen.indexOf('ok'))).toEqual(['ok'])
  })

  it('has nothing to tell as long as it answers the same', async () => {
    const { manager, lines, waitForHealth, waitForRequests } = await startServer([200])
    await waitForHealth('ok')
    const { snapshot } = manager.subscribe(() => undefined)
    await waitForRequests(lines().length + 10)
    expect(manager.snapshot().seq).toBe(snapshot.seq)
  })

  it('is probed once at a time, also when it does not answer', async () => {
    const { lines, waitForRequests, waitForHealth } = await startServer([200, 'hang'], {
      health: { timeoutSeconds: 0.1 },
    })
    await waitForHealth('failing')
    await waitForRequests(8)
    let open = 0
    for (const line of lines()) {
      open += line === 'begin' ? 1 : -1
      // The server may see the next one come before it has seen the last one go.
      expect(open).toBeLessThanOrEqual(2)
    }
  })

  it.runIf(canStop)('hangs when its process is stopped: its port still accepts connections', async () => {
    const server = await startServer([200])
    await server.waitForHealth('ok')
    server.define({ timeoutSeconds: 0.2 })
    process.kill(server.pid(KEY), 'SIGSTOP')
    await server.waitForHealth('failing')
    expect(server.snapshot(KEY).healthDetail).toBe('It accepts connections but does not answer within 0.2 s.')
    process.kill(server.pid(KEY), 'SIGCONT')
    await server.waitForHealth('ok')
  })

  it.runIf(canStop)('is ended and started again if it says so', async () => {
    const restart = { policy: 'on-failure', initialDelaySeconds: 0 } as const
    const health = { onFailure: 'restart' } as const
    const server = await startServer([200], { health, service: { restart } })
    await server.waitForHealth('ok')
    server.define({ ...health, timeoutSeconds: 0.2 })
    const hanging = server.pid(KEY)
    process.kill(hanging, 'SIGSTOP')
    await waitUntilGone(hanging)
    await waitFor(() => server.snapshot(KEY).status === 'running' && server.snapshot(KEY).pid !== hanging, {
      what: 'the new one',
    })
    await server.waitForHealth('ok')
    expect(server.pid(KEY)).not.toBe(hanging)
  })
})

describe('a changed probe', () => {
  it('counts at once, also where there was none', async () => {
    const server = await startServer([200], { health: { type: 'none' } })
    expect(server.snapshot(KEY).healthDetail).toBe('Its process is alive; no probe is configured.')
    server.define({})
    await waitFor(() => server.snapshot(KEY).healthDetail === 'HTTP 200 from /', { what: 'its first answer' })
  })
})

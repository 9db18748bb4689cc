import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { kinds } from '../../fixtures/model-servers/kinds.ts'
import { cleanUpProcesses, closeLater, isAlive } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'
import { accepts, KEY, kindOf, makePreset, startPreset, workers } from './preset-world.ts'

cleanUpProcesses()

/** Those that have a program of their own to imitate, and run as its process (the others: command-control.test.ts). */
const ids = Object.values(presets).flatMap(({ id, control }) =>
  id === 'custom' || id === 'demo' || control !== undefined ? [] : [id],
)

it('has a fixture for every preset', () => {
  expect(Object.keys(kinds).sort()).toEqual([...ids].sort())
})

async function holdPort(port: number): Promise<void> {
  const server = createServer((_request, response) => response.end('somebody else'))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closeLater(() => server.close())
}

describe.runIf(process.platform !== 'win32').each(ids)('the preset %s', (id) => {
  const path = presets[id]?.health.path ?? '/'
  const { hasChildren, routes, output, endsOn } = kindOf(id)

  it('starts a server on the loopback alone, sees it load, and stops it with all it started', async () => {
    const setup = { bindsLate: true, loads: true, children: hasChildren ? workers : [] }
    const test = await makePreset(id, setup)
    expect(await test.start()).toMatchObject({ success: true })
    const pid = test.pid(KEY)
    await test.waitForDetail('Nothing answers on its port yet.')
    expect(test.snapshot(KEY).health).toBe('loading')
    test.tell('bind')
    if (Object.values(routes).some(({ saysLoading }) => saysLoading)) {
      await test.waitForDetail(/^HTTP 503 from /)
      expect(test.snapshot(KEY).health).toBe('loading')
      test.tell('loaded')
    }
    await test.waitForHealth('ok')
    await test.waitForDetail(`HTTP 200 from ${path}`)
    // Linux has all of 127/8: what listens on all addresses answers here too.
    expect(await accepts('127.0.0.1', test.port)).toBe(true)
    expect(await accepts('127.0.0.2', test.port)).toBe(false)
    const started = await waitFor(() => (test.pids().length === (hasChildren ? 3 : 1) ? test.pids() : null), {
      what: 'all its processes',
    })
    expect(started).toContain(pid)
    const said = await test.manager.getProcessOutput(KEY, { stream: output })
    expect(said).toEqual([`listening on 127.0.0.1:${test.port}`])

    expect(await test.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(started.filter(isAlive)).toEqual([])
    expect(test.signals()).toEqual([endsOn[0]])
    expect(test.snapshot(KEY)).toMatchObject({ status: 'stopped', lastExit: { code: 0 } })
    expect(test.records()).toEqual([])
    expect(test.warnings).toEqual([])
  })

  it('takes a server that wants a key for alive', async () => {
    const test = await startPreset(id, { wantsKey: 'everywhere' })
    await test.waitForDetail(`HTTP 401 from ${path} (it wants a key)`)
    expect(test.snapshot(KEY).health).toBe('ok')
  })

  it('notices a hang, and its end', async () => {
    const test = await startPreset(id, { health: { timeoutSeconds: 0.3, failureThreshold: 1 } })
    test.tell('hang')
    await test.waitForHealth('failing')
    await test.waitForDetail('It accepts connections but does not answer within 0.3 s.')
    test.untell('hang')
    await test.waitForHealth('ok')
  })

  it('is refused, in words, while somebody else has its port', async () => {
    const test = await makePreset(id)
    await holdPort(test.port)
    const outcome = await test.start()
    expect(outcome).toMatchObject({ success: false, failure: { code: 'port-taken' } })
    expect(outcome.message).toContain(`Port ${test.port} is already in use by`)
    expect(outcome.message).toContain(`(pid ${process.pid})`)
    expect(test.pids()).toEqual([])
  })
})

const ending = ids.filter((id) => kindOf(id).movesWhenTaken !== true)

describe.runIf(process.platform !== 'win32').each(ending)(
  'the preset %s, if its port is taken a moment later',
  (id) => {
    it('fails with the server’s own words', async () => {
      const test = await makePreset(id)
      await holdPort(test.port)
      await test.manager.start(KEY, { checkPort: false })
      await test.waitForStatus(KEY, 'failed')
      expect(test.snapshot(KEY)).toMatchObject({ lastExit: { code: 1 } })
      const { taken } = kindOf(id)
      const said = await test.manager.getProcessOutput(KEY, { stream: 'stderr' })
      expect(said).toEqual([taken({ host: '127.0.0.1', port: test.port })])
    })
  },
)

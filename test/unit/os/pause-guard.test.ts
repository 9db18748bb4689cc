import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type GuardSystem, runPauseGuard } from '../../../src-main/os/pause-guard.ts'
import {
  type GuardAnswer,
  type GuardRequest,
  readMessages,
  sendMessage,
} from '../../../src-main/os/pause-guard-protocol.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

/** Processes 4, 8, 12 and so on, created at their number; what happens to them is written down. */
class FakeSystem implements GuardSystem {
  readonly events: string[] = []
  readonly gone = new Set<number>()
  readonly denied = new Set<number>()
  readonly stubborn = new Set<number>()
  looks = 0

  readonly suspender = {
    open: (pid: number, createdAt: string) => {
      if (this.gone.has(pid) || createdAt !== String(pid)) return 'gone' as const
      if (this.denied.has(pid)) return 'denied' as const
      return {
        suspend: () => this.events.push(`suspend ${pid}`) > 0,
        resume: () => void this.events.push(`resume ${pid}`),
        close: () => void this.events.push(`close ${pid}`),
      }
    },
  }

  stillMoving(pids: ReadonlySet<number>): ReadonlySet<number> {
    this.looks += 1
    // The second look finds that the last write has come to its end.
    return new Set([...pids].filter((pid) => this.stubborn.has(pid) || this.looks === 1))
  }
}

async function connectedPair(): Promise<readonly [Socket, Socket]> {
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\agentos-test-${process.pid}` : join(temporaryDirectory(), 'socket')
  const server = createServer({ pauseOnConnect: true })
  onTestFinished(() => void server.close())
  server.listen(path)
  await once(server, 'listening')
  const guardEnd = createConnection(path)
  const [appEnd] = (await once(server, 'connection')) as [Socket]
  return [appEnd, guardEnd]
}

/** A guard in this process, and the app's end of its connection. */
async function startGuard(system: GuardSystem, guardMs?: number) {
  const [appEnd, guardEnd] = await connectedPair()
  const ended = runPauseGuard(guardEnd, system, guardMs)
  const answers = readMessages<GuardAnswer>(appEnd)
  const next = async () => (await answers.next()).value
  const ask = (request: GuardRequest) => {
    sendMessage(appEnd, request)
    return next()
  }
  expect(await next()).toEqual({ ready: true })
  return { appEnd, ask, ended }
}

const processes = (...pids: number[]) => pids.map((pid) => ({ pid, createdAt: String(pid) }))

describe('the guard of paused processes', () => {
  it('suspends, says so when all stand still, and resumes each once', async () => {
    const system = new FakeSystem()
    const { ask, appEnd, ended } = await startGuard(system)
    expect(await ask({ id: 1, pause: processes(4, 8) })).toEqual({ id: 1, paused: [4, 8], moving: [] })
    expect(system.looks).toBe(2)
    expect(await ask({ id: 1, pause: processes(12) })).toEqual({ id: 1, paused: [12], moving: [] })
    expect(await ask({ id: 1, resume: true })).toEqual({ id: 1, resumed: true })
    expect(await ask({ id: 1, resume: true })).toEqual({ id: 1, resumed: true })
    appEnd.destroy()
    await ended
    const of = (verb: string) => system.events.filter((event) => event.startsWith(verb))
    expect(of('suspend')).toEqual(['suspend 4', 'suspend 8', 'suspend 12'])
    expect(of('resume')).toEqual(['resume 4', 'resume 8', 'resume 12'])
    expect(of('close')).toHaveLength(3)
  })

  it('lets go on only what belongs to a pause', async () => {
    const system = new FakeSystem()
    const { ask } = await startGuard(system)
    await ask({ id: 1, pause: processes(4) })
    await ask({ id: 2, pause: processes(8) })
    await ask({ id: 1, resume: true })
    expect(system.events).toContain('resume 4')
    expect(system.events).not.toContain('resume 8')
  })

  it('lets everything go on when the app is gone', async () => {
    const system = new FakeSystem()
    const { ask, appEnd, ended } = await startGuard(system)
    await ask({ id: 1, pause: processes(4) })
    await ask({ id: 2, pause: processes(8) })
    appEnd.destroy()
    await ended
    expect(system.events.filter((event) => event.startsWith('resume'))).toEqual(['resume 4', 'resume 8'])
  })

  it('lets everything go on if it takes too long, once', async () => {
    const system = new FakeSystem()
    const { ask } = await startGuard(system, 20)
    await ask({ id: 1, pause: processes(4) })
    await waitFor(() => system.events.includes('resume 4'), { what: 'it to go on' })
    expect(await ask({ id: 1, resume: true })).toEqual({ id: 1, resumed: true })
    expect(system.events.filter((event) => event === 'resume 4')).toHaveLength(1)
  })

  it('lets everything go on if it cannot understand the app', async () => {
    const system = new FakeSystem()
    const { ask, appEnd, ended } = await startGuard(system)
    await ask({ id: 1, pause: processes(4) })
    appEnd.write('noise\n')
    await expect(ended).rejects.toThrow()
    expect(system.events).toContain('resume 4')
  })

  it('says what may not be suspended, and what does not stand still', async () => {
    const system = new FakeSystem()
    system.denied.add(8)
    system.stubborn.add(12)
    const { ask } = await startGuard(system)
    expect(await ask({ id: 1, pause: processes(4, 8) })).toEqual({ id: 1, paused: [4], moving: [8] })
    expect(await ask({ id: 2, pause: processes(12) })).toEqual({ id: 2, paused: [12], moving: [12] })
  })

  it('leaves alone what has ended, and who only has its pid', async () => {
    const system = new FakeSystem()
    system.gone.add(4)
    const { ask } = await startGuard(system)
    const pause = [...processes(4), { pid: 8, createdAt: 'earlier' }]
    expect(await ask({ id: 1, pause })).toEqual({ id: 1, paused: [], moving: [] })
    expect(system.events).toEqual([])
  })
})

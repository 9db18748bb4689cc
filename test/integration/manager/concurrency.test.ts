import { describe, expect, it } from 'vitest'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { cleanUpProcesses, endLater, findByVariable, isAlive } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const instances = () => findByVariable('AGENTOS_SERVICE', KEY).map(({ pid }) => endLater(pid))

/**
 * Waits until the machine agrees with the manager. A program that has just been executed has, for a moment, no environment
 * that anybody could see, and one that was just killed is still believed to run.
 */
async function expectOneInstance(pid: () => number | null): Promise<void> {
  await waitFor(() => instances().join() === String(pid()), { what: 'one instance, the one the manager tells of' })
}

/** A small generator of numbers from 0 up to 1, the same ones for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('requests at the same time', () => {
  it('start one instance, whoever asks, and all are told', async () => {
    const { manager, pid } = createManager()
    manager.setServices([tickerService()])
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => manager.start(KEY)))
    expect(outcomes.every((outcome) => outcome.success)).toBe(true)
    await expectOneInstance(() => pid(KEY))
  })

  it('let a stop call off a start under way, and both are told', async () => {
    const { manager, snapshot, records } = createManager()
    manager.setServices([tickerService()])
    const starting = manager.start(KEY)
    expect(snapshot(KEY).status).toBe('starting')
    const [started, stopped] = await Promise.all([starting, manager.stopProcess(KEY)])
    expect(started).toMatchObject({ success: false, failure: { code: 'stopped' } })
    expect(stopped).toMatchObject({ success: true })
    expect(snapshot(KEY).status).toBe('stopped')
    expect(instances()).toEqual([])
    expect(records()).toEqual([])
  })

  it('let a start that comes during a stop follow it', async () => {
    const { manager, pid } = createManager()
    manager.setServices([serverService({ stubborn: true, lines: 1 })])
    await manager.start(KEY)
    const first = pid(KEY)
    await waitFor(async () => (await manager.getProcessOutput(KEY)).length > 0, { what: 'its readiness' })
    const stopping = manager.stopProcess(KEY)
    const starting = manager.start(KEY)
    expect(await stopping).toMatchObject({ success: true })
    expect(await starting).toMatchObject({ success: true })
    expect(isAlive(first)).toBe(false)
    await expectOneInstance(() => pid(KEY))
  })

  it('let a forced stop overtake a polite one', async () => {
    const { manager, pid } = createManager()
    manager.setServices([serverService({ stubborn: true, lines: 1 }, { graceSeconds: 600 })])
    await manager.start(KEY)
    await waitFor(async () => (await manager.getProcessOutput(KEY)).length > 0, { what: 'its readiness' })
    const running = pid(KEY)
    const polite = manager.stopProcess(KEY)
    const forced = manager.stopProcess(KEY, { force: true })
    expect(await Promise.all([polite, forced])).toMatchObject([{ success: true }, { success: true }])
    expect(isAlive(running)).toBe(false)
  })

  it('let a forced stop come at any moment of a polite one, and a start right after it', async () => {
    const { manager, pid, records } = createManager()
    manager.setServices([tickerService()])
    for (let round = 0; round < 60; round += 1) {
      await manager.start(KEY)
      const polite = manager.stopProcess(KEY)
      let turns = 0
      const forced: Promise<unknown>[] = []
      // Once, a little later in each round, so that it hits every step of the stop under way.
      const nudge = () => {
        turns += 1
        if (manager.getProcessInfo(KEY)?.state !== 'stopping') return
        if (turns === round) forced.push(manager.stopProcess(KEY, { force: true }))
        setImmediate(nudge)
      }
      setImmediate(nudge)
      await polite
      expect(await manager.start(KEY)).toMatchObject({ success: true })
      await Promise.all(forced)
      await expectOneInstance(() => pid(KEY))
      expect(records()).toEqual(['test%3Aone.pid'])
      expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    }
  })

  it.each([1, 2, 3, 4, 5, 6])(
    'in a storm (seed %i) are all answered, and end in what the last one asked for',
    async (seed) => {
      const { manager, snapshot, records } = createManager()
      const random = randomFrom(seed)
      const options = random() < 0.5 ? { stubborn: true } : {}
      manager.setServices([
        serverService(options, {
          graceSeconds: 0.1,
          restart: { policy: 'always', initialDelaySeconds: 0.01, maxRetries: 100 },
        }),
      ])
      const answers: Promise<unknown>[] = []
      for (let request = 0; request < 150; request += 1) {
        const choice = random()
        if (choice < 0.4) answers.push(manager.start(KEY))
        else if (choice < 0.6) answers.push(manager.stopProcess(KEY))
        else if (choice < 0.7) answers.push(manager.stopProcess(KEY, { force: true }))
        else if (choice < 0.8) answers.push(manager.restart(KEY))
        else if (choice < 0.9) await answers[Math.floor(random() * answers.length)]
        else {
          const { pid: running, status } = snapshot(KEY)
          if (running !== null && status === 'running') process.kill(running, 'SIGKILL')
        }
        if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve))
      }
      const last = manager.start(KEY)
      expect(await last).toMatchObject({ success: true })
      await Promise.all(answers)
      await waitFor(() => snapshot(KEY).status === 'running', { what: 'the last start' })
      await expectOneInstance(() => snapshot(KEY).pid)
      expect(records()).toEqual(['test%3Aone.pid'])
      expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
      expect(instances()).toEqual([])
      expect(records()).toEqual([])
    },
  )
})

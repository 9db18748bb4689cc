import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { getConfigDir, getLogDir, getRunDir } from '../../src-main/os/directories.ts'
import { acquireInstanceLock } from '../../src-main/os/instance-lock.ts'
import { findByIdentity, identify, processTable } from '../../src-main/os/processes/identity.ts'
import { type RunIntent, type RunRecord, RunRecordStore } from '../../src-main/os/run-records.ts'
import { startFixture } from '../support/fixture-process.ts'
import { longFolder, oddFolder } from '../support/odd-folder.ts'
import { cleanUpProcesses, isAlive } from '../support/processes.ts'
import { wasForced } from './systems.ts'

cleanUpProcesses()

const intentFor = (key: string, bootId: string): RunIntent => ({
  key,
  nonce: 'n-1',
  bootId,
  command: [process.execPath, '--port', '8080', 'ü 模型'],
  startedAt: 1234,
})

describe('the directories', () => {
  it('are those of AGENTOS_HOME, whatever its name', () => {
    const home = oddFolder()
    const env = { AGENTOS_HOME: home }
    expect([getRunDir({ env }), getLogDir({ env }), getConfigDir({ env })]).toEqual(
      ['run', 'log', 'config'].map((name) => join(home, name)),
    )
  })
})

describe('PID files', () => {
  it.each([
    ['spaces and Unicode', oddFolder],
    ['more than 300 characters', longFolder],
  ])('are kept and found again in a folder of %s', async (_what, makeFolder) => {
    const directory = join(makeFolder(), 'run')
    const store = new RunRecordStore(directory)
    const keys = ['ollama:main', 'a/b:c\\d', 'con:nul', 'ü:💥', 'x:a*?<>|"', 'x:ends.', 'x: ']
    const identity = await (await startFixture('ticker.ts')).identity()
    for (const key of keys) {
      const intent = intentFor(key, identity.bootId)
      store.writeIntent(intent)
      expect(store.readAll().intents).toEqual([intent])
      const record: RunRecord = { ...intent, identity }
      store.writeRecord(record)
      expect(readFileSync(store.pidFile(key), 'utf8').split('\n')[0]).toBe(String(identity.pid))
      expect(new RunRecordStore(directory).readAll()).toEqual({ records: [record], intents: [], warnings: [] })
      expect(store.remove(key)).toEqual([])
      expect(readdirSync(directory)).toEqual([])
    }
  })

  it('tell a later life of the app which process it was, and whether it still is', async () => {
    const directory = oddFolder()
    const started = await startFixture('ticker.ts')
    const identity = await started.identity()
    new RunRecordStore(directory).writeRecord({ ...intentFor('ollama:main', identity.bootId), identity })
    const [record] = new RunRecordStore(directory).readAll().records
    if (record === undefined) throw new Error('expected a record')
    expect(await findByIdentity(record.identity)).toMatchObject({ pid: started.pid })
    process.kill(started.pid, 'SIGKILL')
    await started.exited
    expect(await findByIdentity(record.identity)).toBeNull()
  })

  it('that cannot be used are moved aside with a warning', () => {
    const directory = oddFolder()
    writeFileSync(join(directory, 'ollama%3Amain.pid'), 'noise')
    mkdirSync(join(directory, 'a%3Ab.pid'))
    expect(new RunRecordStore(directory).readAll().warnings).toHaveLength(2)
    const left = readdirSync(directory)
    expect(left).toHaveLength(2)
    expect(left.every((name) => /\.pid\.corrupt-\d+$/.test(name))).toBe(true)
    expect(new RunRecordStore(directory).readAll()).toEqual({ records: [], intents: [], warnings: [] })
  })
})

const holderOf = (directory: string) => {
  const locks = readdirSync(directory).filter((file) => file.endsWith('.lock'))
  expect(locks).toHaveLength(1)
  return readFileSync(join(directory, locks[0] ?? ''), 'utf8').split('\n')[0]
}

/** Takes the lock and collects the warnings. */
async function acquire(directory: string) {
  const warnings: string[] = []
  const lock = await acquireInstanceLock(directory, (message) => warnings.push(message))
  return { lock, warnings }
}

const racer = (directory: string, times: number, end: 'leave' | 'release') =>
  startFixture('lock-racer.ts', [directory, String(times), end])

describe('the lock of a directory', () => {
  it('is held by one, who is named to others, until it is released', async () => {
    const directory = join(oddFolder(), 'run')
    const { lock, warnings } = await acquire(directory)
    expect(holderOf(directory)).toBe(String(process.pid))
    await expect(acquire(directory)).rejects.toMatchObject({
      code: 'already-managed',
      message: expect.stringContaining(`(pid ${process.pid})`),
    })
    lock.release()
    lock.release()
    expect(holderOf(directory)).toBe('released')
    const { lock: second } = await acquire(directory)
    lock.release() // It is not the first one's any more.
    expect(holderOf(directory)).toBe(String(process.pid))
    second.release()
    expect(warnings).toEqual([])
  })

  it('is respected while another process lives that holds it', async () => {
    const directory = oddFolder()
    const holder = await startFixture('ticker.ts')
    const identity = await holder.identity()
    writeFileSync(join(directory, 'manager-10.lock'), `${holder.pid}\n${JSON.stringify({ version: 1, ...identity })}`)
    await expect(acquire(directory)).rejects.toMatchObject({ message: expect.stringContaining(`(pid ${holder.pid})`) })
  })

  it('is taken over when its holder was killed', async () => {
    const directory = oddFolder()
    const killed = await racer(directory, 1, 'leave')
    expect(wasForced(await killed.exited)).toBe(true)
    const { lock, warnings } = await acquire(directory)
    expect(holderOf(directory)).toBe(String(process.pid))
    expect(warnings).toEqual([])
    lock.release()
  })

  it.each([
    ['a reused pid', { createdAt: '1' }],
    ['an earlier boot', { bootId: 'of an earlier boot' }],
  ])('is taken over from %s, and nothing is signalled', async (_what, change) => {
    const directory = oddFolder()
    const { pid } = await startFixture('ticker.ts')
    const content = `${pid}\n${JSON.stringify({ version: 1, ...(await identify(pid)), ...change })}`
    writeFileSync(join(directory, 'manager-7.lock'), content)
    const { lock } = await acquire(directory)
    expect(readdirSync(directory)).toEqual(['manager-8.lock'])
    expect(isAlive(pid)).toBe(true)
    lock.release()
  })

  it('is never held by two, however many processes want it at once', async () => {
    const directory = oddFolder()
    const racers = await Promise.all([1, 2, 3].map(() => racer(directory, 15, 'release')))
    const exits = await Promise.all(racers.map(({ exited }) => exited))
    expect(racers.map((one) => one.errors())).toEqual(['', '', ''])
    expect(exits.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(racers.map((one) => Number(one.output()))).toEqual([15, 15, 15])
  })

  it('of a dead holder is taken over by one, however many find it', async () => {
    for (let round = 0; round < 3; round += 1) {
      const directory = oddFolder()
      const bootId = await processTable().bootId()
      const content = `4711\n${JSON.stringify({ version: 1, pid: 4711, createdAt: '1', bootId })}`
      writeFileSync(join(directory, 'manager-1.lock'), content)
      const racers = await Promise.all([1, 2, 3].map(() => racer(directory, 2, 'leave')))
      const exits = await Promise.all(racers.map(({ exited }) => exited))
      expect(racers.map((one) => one.errors())).toEqual(['', '', ''])
      expect(exits.map(wasForced)).toEqual([true, true, true])
      expect(existsSync(join(directory, 'inside'))).toBe(false)
    }
  })
})

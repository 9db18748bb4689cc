import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { acquireInstanceLock } from '../../../src-main/os/instance-lock.ts'
import { identify } from '../../../src-main/os/processes/identity.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { cleanUpProcesses, endLater, fixture, isAlive } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

cleanUpProcesses()

const run = promisify(execFile)
const racer = (directory: string, times: number, end = 'release') =>
  run(process.execPath, [fixture('lock-racer.ts'), directory, String(times), end]).then(
    ({ stdout }) => ({ stdout, signal: null, stderr: '' }),
    ({ stdout, signal, stderr }) => ({ stdout, signal, stderr }),
  )

/** Takes the lock and collects the warnings. */
async function acquire(directory: string) {
  const warnings: string[] = []
  const lock = await acquireInstanceLock(directory, (message) => warnings.push(message))
  return { lock, warnings }
}

const holderOf = (directory: string) => {
  const [name = '', ...others] = readdirSync(directory).filter((file) => file.endsWith('.lock'))
  expect(others).toEqual([])
  return readFileSync(join(directory, name), 'utf8').split('\n')[0]
}

describe('the lock of a directory', () => {
  it('is held by one, who is named to others, until it is released', async () => {
    const directory = join(temporaryDirectory(), 'run')
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

  it('is taken over when its holder was killed', async () => {
    const directory = temporaryDirectory()
    expect(await racer(directory, 1, 'leave')).toMatchObject({ signal: 'SIGKILL' })
    const { lock, warnings } = await acquire(directory)
    expect(holderOf(directory)).toBe(String(process.pid))
    expect(warnings).toEqual([])
    lock.release()
  })

  it.each([
    ['a reused pid', { createdAt: '1' }],
    ['an earlier boot', { bootId: 'of an earlier boot' }],
  ])('is taken over from %s, and nothing is signalled', async (_what, change) => {
    const directory = temporaryDirectory()
    const { pid } = await startProcessCrossPlatform({ command: [process.execPath, fixture('ticker.ts')] })
    const identity = await identify(endLater(pid))
    writeFileSync(
      join(directory, 'manager-7.lock'),
      `${pid}\n${JSON.stringify({ version: 1, ...identity, ...change })}`,
    )
    const { lock, warnings } = await acquire(directory)
    expect(readdirSync(directory)).toEqual(['manager-8.lock'])
    expect(warnings).toEqual([])
    expect(isAlive(pid)).toBe(true)
    lock.release()
  })

  it('is respected while its holder lives, whatever lower locks say', async () => {
    const directory = temporaryDirectory()
    const { pid } = await startProcessCrossPlatform({ command: [process.execPath, fixture('ticker.ts')] })
    const identity = await identify(endLater(pid))
    writeFileSync(join(directory, 'manager-10.lock'), `${pid}\n${JSON.stringify({ version: 1, ...identity })}`)
    writeFileSync(join(directory, 'manager-9.lock'), 'released\n')
    await expect(acquire(directory)).rejects.toMatchObject({ message: expect.stringContaining(`(pid ${pid})`) })
  })

  it('removes what a killed maker of a lock left, but not what one needs who lives', async () => {
    const directory = temporaryDirectory()
    // Greater than any pid of Linux.
    writeFileSync(join(directory, '.manager-17.4194305.tmp'), '')
    writeFileSync(join(directory, `.manager-17.${process.pid}.tmp`), '')
    const { lock } = await acquire(directory)
    expect(readdirSync(directory)).toEqual([`.manager-17.${process.pid}.tmp`, 'manager-1.lock'])
    lock.release()
  })

  it.each(['', 'noise', '4711\n{"version":1,"pid":-1}', 'x'.repeat(20_000), '12\n[]'])(
    'that is %j is moved aside with a warning',
    async (noise) => {
      const directory = temporaryDirectory()
      writeFileSync(join(directory, 'manager-3.lock'), noise)
      const { lock, warnings } = await acquire(directory)
      expect(warnings).toEqual([expect.stringMatching(/manager-3\.lock: expected .*moved to .*\.corrupt-\d+$/s)])
      expect(readdirSync(directory)).toEqual([
        expect.stringMatching(/^manager-3\.lock\.corrupt-\d+$/),
        'manager-4.lock',
      ])
      lock.release()
    },
  )

  it('may be a folder, which is moved aside too', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'manager-0.lock'))
    const { lock, warnings } = await acquire(directory)
    expect(warnings).toHaveLength(1)
    lock.release()
  })

  it('is never held by two, however many processes want it at once', async () => {
    const directory = temporaryDirectory()
    const results = await Promise.all([1, 2, 3, 4].map(() => racer(directory, 40)))
    expect(results.map(({ stderr }) => stderr)).toEqual(['', '', '', ''])
    expect(results.map(({ stdout }) => Number(stdout))).toEqual([40, 40, 40, 40])
  })

  it('of a dead holder is taken over by one, however many find it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const directory = temporaryDirectory()
      writeFileSync(join(directory, 'manager-1.lock'), '4711\n{"version":1,"pid":4711,"createdAt":"1","bootId":"x"}')
      const results = await Promise.all([1, 2, 3, 4].map(() => racer(directory, 3, 'leave')))
      expect(results.map(({ stderr, signal }) => stderr + signal)).toEqual(Array(4).fill('SIGKILL'))
    }
  })
})

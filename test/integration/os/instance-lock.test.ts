import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireInstanceLock } from '../../../src-main/os/instance-lock.ts'
import { identify } from '../../../src-main/os/processes/identity.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { cleanUpProcesses, endLater, fixture } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

cleanUpProcesses()

/** Takes the lock and collects the warnings. */
async function acquire(directory: string) {
  const warnings: string[] = []
  const lock = await acquireInstanceLock(directory, (message) => warnings.push(message))
  return { lock, warnings }
}

describe('the lock of a directory', () => {
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
})

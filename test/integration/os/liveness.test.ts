import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isProcessRunningCrossPlatform } from '../../../src-main/os/liveness.ts'
import { identify, processTable } from '../../../src-main/os/processes/identity.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { cleanUpProcesses, endLater, fixture, statFields, waitUntilGone } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const ticker = { command: [process.execPath, fixture('ticker.ts')] as [string, string] }
const isRoot = process.getuid?.() === 0

/** Runs `work` as another user, who may not signal this one's processes. */
async function asUser<T>(uid: number, work: () => Promise<T>): Promise<T> {
  process.seteuid?.(uid)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

describe('isProcessRunningCrossPlatform', () => {
  it.runIf(isRoot)('is true for another user’s process, which may not be signalled', async () => {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore', uid: 65534 })
    const pid = endLater(child.pid ?? 0)
    await asUser(65533, async () => {
      expect(() => process.kill(pid, 0)).toThrow('EPERM')
      expect(await isProcessRunningCrossPlatform(pid)).toBe(true)
    })
  })

  it.runIf(process.platform !== 'win32' && !isRoot)(
    'is true for the process of another user that is always there',
    async () => {
      expect(await isProcessRunningCrossPlatform(1)).toBe(true)
    },
  )

  it.runIf(process.platform === 'linux')('is false for a zombie, which has no identity either', async () => {
    // The shell becomes a sleep, which never reaps its child; the child ends when it sees that.
    const script = '(while read name </proc/$$/comm && [ "$name" != sleep ]; do :; done) & echo $!; exec sleep 60'
    const keeper = spawn('/bin/sh', ['-c', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    endLater(keeper.pid ?? 0)
    let output = ''
    keeper.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1')
    })
    const pid = Number(await waitFor(() => output.endsWith('\n') && output, { what: 'the pid' }))
    await waitFor(() => statFields(pid)[0] === 'Z', { what: 'the zombie' })
    expect(() => process.kill(pid, 0)).not.toThrow()
    expect(await isProcessRunningCrossPlatform(pid)).toBe(false)
    expect(await identify(pid)).toBeNull()
    expect((await processTable().list()).some((entry) => entry.pid === pid)).toBe(false)
  })
})

describe.runIf(process.platform === 'linux')('the environment of others', () => {
  it('is searched for exactly this variable', async () => {
    const env = { ...process.env, LOOK_FOR: 'me', PREFIX_LOOK_FOR: 'you' }
    const { pid } = await startProcessCrossPlatform({ ...ticker, env })
    endLater(pid)
    const found = async (name: string, value: string) => [
      ...(await processTable().withEnvironment([pid, 1], name, value)),
    ]
    await waitFor(async () => (await found('LOOK_FOR', 'me')).length === 1, { what: 'the program to be executed' })
    expect(await found('LOOK_FOR', 'm')).toEqual([])
    expect(await found('LOOK_FOR', 'you')).toEqual([])
    expect(await found('OOK_FOR', 'me')).toEqual([])
    process.kill(pid, 'SIGKILL')
    await waitUntilGone(pid)
    expect(await found('LOOK_FOR', 'me')).toEqual([])
  })
})

import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { cleanUpProcesses, endLater, fixture, statFields } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

// What a start is on every system is in test/os-contract; here is what that cannot ask for everywhere.

cleanUpProcesses()

const node = process.execPath
const textOf = (stream: Readable | null) => (stream === null ? '' : text(stream))

describe('a started program', () => {
  it('gives its output as streams, if that is asked for', async () => {
    const cwd = temporaryDirectory()
    const env = { FIXTURE_MARKER: 'a=b "c"', PATH: undefined }
    const { stdout, stderr, exited } = await startProcessCrossPlatform({
      command: [node, fixture('print-arguments.ts'), '$(touch oops)', ''],
      cwd,
      env,
      captureOutput: true,
    })
    const expected = { args: ['$(touch oops)', ''], cwd, marker: 'a=b "c"' }
    expect(JSON.parse(await textOf(stdout))).toEqual(expected)
    expect(await textOf(stderr)).toBe('')
    expect(await exited).toMatchObject({ code: 0, signal: null })
  })

  it.runIf(process.platform !== 'win32')('tells the signal that ended it', async () => {
    const { exited } = await startProcessCrossPlatform({ command: ['/bin/sh', '-c', 'kill -SEGV $$'] })
    expect(await exited).toMatchObject({ code: null, signal: 'SIGSEGV' })
  })

  it.runIf(process.platform === 'linux')('leads a group and a session of its own', async () => {
    const { pid } = await startProcessCrossPlatform({ command: [node, fixture('ticker.ts')] })
    const [, parent, group, session] = statFields(endLater(pid))
    expect([parent, group, session]).toEqual([process.pid, pid, pid].map(String))
  })
})

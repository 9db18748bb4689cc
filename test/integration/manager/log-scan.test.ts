import { appendFileSync, closeSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaultHealth } from '../../../src-main/core/health-config.ts'
import { defaultLogLimits } from '../../../src-main/core/service-config.ts'
import { ServiceLogs } from '../../../src-main/logs/service-logs.ts'
import { LogScan } from '../../../src-main/manager/log-scan.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const KEY = 'test:one'
const forText = (logText: string) => ({ ...defaultHealth, type: 'log', logText }) as const
const forPattern = (logPattern: string) => ({ ...defaultHealth, type: 'log', logPattern }) as const

function createLog(earlier = '') {
  const files = new ServiceLogs({
    directory: temporaryDirectory(),
    limitsOf: () => defaultLogLimits,
    quiesceOf: () => null,
    warn: (message) => {
      throw new Error(message)
    },
  })
  onTestFinished(() => files.dispose())
  mkdirSync(files.folder(KEY), { recursive: true })
  const path = files.path(KEY, 'stderr')
  writeFileSync(path, earlier)
  // As at the start of a run.
  const scan = new LogScan(files, KEY, files.offsets(KEY))
  return { files, path, scan, write: (text: string) => appendFileSync(path, text) }
}

describe('looking for a line in the output', () => {
  it('finds it in what this run wrote, and remembers it', async () => {
    const { scan, write, path } = createLog('server is ready\n')
    expect(await scan.look(forText('ready'))).toMatchObject({ outcome: 'unreachable' })
    write('loading\nserver is ready\n')
    const found = { outcome: 'ok', detail: 'Its output says: server is ready' }
    expect(await scan.look(forText('ready'))).toEqual(found)
    truncateSync(path)
    expect(await scan.look(forText('ready'))).toEqual(found)
  })

  it('waits for the end of the line', async () => {
    const { scan, write } = createLog()
    write('server is rea')
    expect(await scan.look(forText('ready'))).toMatchObject({ outcome: 'unreachable' })
    write('dy')
    expect(await scan.look(forText('ready'))).toMatchObject({ outcome: 'unreachable' })
    write('\n')
    expect(await scan.look(forText('ready'))).toMatchObject({ outcome: 'ok' })
  })

  it('looks at both streams', async () => {
    const { files, scan } = createLog()
    const open = files.openForAppend(KEY)
    appendFileSync(open.stdout, 'ready\n')
    closeSync(open.stderr)
    closeSync(open.stdout)
    expect(await scan.look(forText('ready'))).toMatchObject({ outcome: 'ok' })
  })

  it('goes on where a file was cut off', async () => {
    const { scan, write, path } = createLog('x'.repeat(1000))
    truncateSync(path)
    write('ready\n')
    expect(await scan.look(forText('ready'))).toMatchObject({ outcome: 'ok' })
  })

  it('finds it behind megabytes and very long lines, but not far inside of one', async () => {
    const { scan, write } = createLog()
    write(`${'x'.repeat(3_000_000)} ready\n`)
    expect(await scan.look(forText('ready'))).toMatchObject({ outcome: 'unreachable' })
    write(`${'line\n'.repeat(300_000)}ready\n`)
    expect(await scan.look({ ...forText('ready'), timeoutSeconds: 60 })).toMatchObject({ outcome: 'ok' })
  })

  it('begins anew when something else is looked for', async () => {
    const { scan, write } = createLog()
    write('one\ntwo\n')
    expect(await scan.look(forText('two'))).toMatchObject({ outcome: 'ok' })
    expect(await scan.look(forText('one'))).toMatchObject({ outcome: 'ok' })
    expect(await scan.look(forText('three'))).toMatchObject({ outcome: 'unreachable' })
  })
})

describe('looking for a pattern', () => {
  it('matches single lines', async () => {
    const { scan, write } = createLog()
    write('listening\non port 80\n')
    expect(await scan.look(forPattern('listening\\s+on'))).toMatchObject({ outcome: 'unreachable' })
    expect(await scan.look(forPattern('^on port \\d+$'))).toMatchObject({ outcome: 'ok' })
  })

  it.each(['(a+)+b', '(.*a){20}b', 'a*a*a*a*b'])('gives up %s, which would take for ever', async (pattern) => {
    const { scan, write } = createLog()
    write(`${'a'.repeat(5000)}\n`)
    const slow = { outcome: 'failed', detail: expect.stringContaining('takes too long') }
    expect(await scan.look(forPattern(pattern))).toEqual(slow)
    write('ab\n')
    expect(await scan.look(forPattern(pattern))).toEqual(slow)
  })
})

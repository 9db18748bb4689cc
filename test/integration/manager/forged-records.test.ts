import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { identify } from '../../../src-main/os/processes/identity.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { createManager, tickerService } from '../../support/manager.ts'
import { cleanUpProcesses, endLater, fixture, isAlive } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const COUNT = 1000

/** A process that writes down every signal it gets, to a file. */
async function startBystander(file: string) {
  const { pid } = await startProcessCrossPlatform({
    command: ['perl', fixture('bystander.pl'), file, String(process.pid)],
  })
  await waitFor(() => existsSync(file) && readFileSync(file, 'utf8') === 'ready\n', { what: 'the bystander' })
  const identity = await identify(endLater(pid))
  if (identity === null) throw new Error('expected the bystander to live')
  return identity
}

interface Forger {
  readonly run: string
  readonly bootId: string
  /** A living stranger. */
  readonly stranger: number
  /** Its true creation time. */
  readonly createdAt: string
}

type Forgery = (file: string, key: string, forger: Forger) => void

function record(
  key: string,
  { bootId }: Forger,
  pid: unknown,
  changes: Readonly<Record<string, unknown>> = {},
): string {
  const json = { version: 1, key, nonce: 'forged', bootId, command: ['ollama'], startedAt: 1, pid, createdAt: '77' }
  return `${String(pid)}\n${JSON.stringify({ ...json, ...changes })}\n`
}

const withPid =
  (pid: (forger: Forger) => unknown, changes?: (forger: Forger) => Readonly<Record<string, unknown>>): Forgery =>
  (file, key, forger) =>
    writeFileSync(file, record(key, forger, pid(forger), changes?.(forger)))

/** A plausible record of a process that is not the recorded one: removed. */
const stale: Readonly<Record<string, Forgery>> = {
  'a living stranger with a wrong creation time': withPid(({ stranger }) => stranger),
  'a stranger of an earlier boot': withPid(
    ({ stranger }) => stranger,
    ({ createdAt }) => ({ createdAt, bootId: 'earlier' }),
  ),
  'our own pid': withPid(() => process.pid),
  "our parent's pid": withPid(() => process.ppid),
  'a pid that nobody has': withPid(() => 4_194_303),
  'a huge pid': withPid(() => 2 ** 53 - 1),
}

/** No record at all: moved aside. */
const corrupt: Readonly<Record<string, Forgery>> = {
  'pid 1': withPid(() => 1),
  'pid 0': withPid(() => 0),
  'pid -1': withPid(() => -1),
  "a stranger's group": withPid(({ stranger }) => -stranger),
  'no number': withPid(() => Number.NaN),
  'a pid beyond all numbers': withPid(() => 1e300),
  'a pid in words': withPid(({ stranger }) => `${stranger}; reboot`),
  'two pids': (file, key, forger) => {
    writeFileSync(file, record(key, forger, forger.stranger).replace(/^\d+/, '4711'))
  },
  noise: (file) => {
    writeFileSync(file, Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 37) % 256)))
  },
  nothing: (file) => writeFileSync(file, ''),
  'half a record': (file, key, forger) => writeFileSync(file, record(key, forger, forger.stranger).slice(0, 60)),
  'the record of another key': (file, _key, forger) => {
    writeFileSync(file, record('other:key', forger, forger.stranger))
  },
  'deeply nested JSON': (file) => writeFileSync(file, `5\n${'['.repeat(50_000)}`),
  'a folder': (file) => mkdirSync(file),
  'a pipe': (file) => {
    execFileSync('mkfifo', [file])
  },
  'a link into nowhere': (file) => symlinkSync('/nowhere/at/all', file),
  'a link to a device': (file) => symlinkSync('/dev/zero', file),
  'a link to itself': (file) => symlinkSync(file, file),
}

describe.runIf(process.platform !== 'win32')(`${COUNT} forged PID files`, () => {
  it('cause no signal, and each is reported once', async () => {
    const home = temporaryDirectory()
    const run = join(home, 'run')
    mkdirSync(run)
    const signals = join(home, 'signals')
    const { pid: stranger, createdAt, bootId } = await startBystander(signals)
    const kinds = [...Object.entries(stale), ...Object.entries(corrupt)]
    const files = Array.from({ length: COUNT }, (_, index) => {
      const [kind, write] = kinds[index % kinds.length] ?? ['', () => undefined]
      const name = `forged%3An${index}.pid`
      write(join(run, name), `forged:n${index}`, { run, bootId, stranger, createdAt })
      return { kind, name }
    })
    const sent = vi.spyOn(process, 'kill')
    const { manager, warnings, records } = createManager(home)
    manager.setServices([tickerService(), tickerService({ key: 'forged:n0' })])
    await manager.recover()

    for (const { kind, name } of files) {
      const about = warnings.filter((warning) => warning.includes(`/${name}: `))
      expect(about, kind).toEqual([
        expect.stringMatching(kind in stale ? /stale record .* removed .*nothing was signalled/ : /moved to /),
      ])
    }
    expect(warnings).toHaveLength(COUNT)
    const aside = records().map((name) => name.replace(/\.corrupt-\d+$/, ''))
    expect(aside).toEqual(
      files
        .filter(({ kind }) => kind in corrupt)
        .map(({ name }) => name)
        .sort(),
    )
    expect(records().every((name) => name.includes('.corrupt-'))).toBe(true)

    expect(manager.snapshot().services.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'test:one stopped',
      'forged:n0 stopped',
    ])
    expect(await manager.stopAll({ force: true })).toMatchObject({ success: true })
    expect(sent.mock.calls.filter(([, signal]) => signal !== 0)).toEqual([])
    expect(readFileSync(signals, 'utf8')).toBe('ready\n')
    expect(isAlive(stranger)).toBe(true)

    manager.dispose()
    const again = createManager(home)
    again.manager.setServices([])
    await again.manager.recover()
    expect(again.warnings).toEqual([])
  })
})

/** Root reads everything. */
// On Windows, Node can only make a file read-only.
describe.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)('a PID file that may not be read', () => {
  it('is moved aside and reported', async () => {
    const home = temporaryDirectory()
    mkdirSync(join(home, 'run'))
    const file = join(home, 'run', 'test%3Aone.pid')
    writeFileSync(file, '77\n{}')
    chmodSync(file, 0)
    const { manager, warnings } = createManager(home)
    await manager.recover()
    expect(warnings).toEqual([expect.stringContaining('EACCES')])
    expect(readdirSync(join(home, 'run'))).toEqual([expect.stringContaining('.corrupt-')])
  })
})

import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NO_KOFFI } from '../../../src-main/os/native/koffi.ts'
import { loadPosixSpawner } from '../../../src-main/os/native/posix-spawn.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { spawnNatively } from '../../../src-main/os/spawn-natively.ts'
import { cleanUpProcesses, endLater, statFields } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

/** Runs `script` in a shell with its output in a file, by the system's own posix_spawn. */
async function shell(script: string, options: { cwd?: string; env?: Record<string, string> } = {}) {
  const output = join(temporaryDirectory(), 'output')
  const file = openSync(output, 'a')
  const command = ['/bin/sh', '-c', script] as const
  const started = await spawnNatively({ command, captureOutput: { stdout: file, stderr: file }, ...options })
  closeSync(file)
  if (started === null) throw new Error('expected koffi and posix_spawn on this machine, found none')
  endLater(started.pid)
  return { ...started, output: () => readFileSync(output, 'utf8') }
}

const isPossible = process.platform === 'linux' && process.env[NO_KOFFI] === undefined

describe.runIf(isPossible)('a program started by posix_spawn', () => {
  it('tells how it ended: by exit code or by signal', async () => {
    const coded = await shell('exit 7')
    expect(await coded.exited).toMatchObject({ code: 7, signal: null })
    const signalled = await shell('kill -SEGV $$')
    expect(await signalled.exited).toMatchObject({ code: null, signal: 'SIGSEGV' })
  })

  it('leads a session and a group of its own', async () => {
    const { pid } = await shell('read never </dev/zero')
    const [, , group, session] = statFields(pid)
    expect([group, session]).toEqual([String(pid), String(pid)])
  })

  it('has an empty stdin, both outputs in the file, and no other descriptor of ours', async () => {
    const secret = openSync(join(temporaryDirectory(), 'secret'), 'w')
    const started = await shell('cat; echo out; echo err >&2; ls /proc/self/fd | wc -l')
    expect(await started.exited).toMatchObject({ code: 0 })
    // 0, 1, 2, and the one that ls reads the folder with.
    expect(started.output().split('\n')).toEqual(['out', 'err', '4', ''])
    closeSync(secret)
  })

  it('finds no signal ignored or blocked, whatever this process does with them', async () => {
    // Node ignores SIGPIPE; a server that inherits that never learns that its reader went away.
    const started = await shell('grep -E "^Sig(Blk|Ign)" /proc/self/status')
    await started.exited
    expect(started.output()).toMatch(/^SigBlk:\t0+\nSigIgn:\t0+\n$/)
  })

  it('gets its folder and exactly its environment', async () => {
    const cwd = temporaryDirectory()
    const started = await shell('pwd; /usr/bin/env', { cwd, env: { A: 'a=b "c"', B: 'ü💥' } })
    await started.exited
    const lines = started.output().split('\n')
    expect(lines[0]).toBe(cwd)
    expect(lines).toContain('A=a=b "c"')
    expect(lines).toContain('B=ü💥')
    expect(lines.join()).not.toContain('HOME=')
  })

  it('leaves no zombie, however many end at once', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => shell('exit 0')))
    await Promise.all(all.map(({ exited }) => exited))
    for (const { pid } of all) expect(() => readFileSync(`/proc/${pid}/stat`)).toThrow('ENOENT')
  })

  it('does not listen for the ends of children while it has none', async () => {
    const { exited } = await shell('exit 0')
    expect(process.listenerCount('SIGCHLD')).toBe(1)
    await exited
    await waitFor(() => process.listenerCount('SIGCHLD') === 0, { what: 'the listener to be gone' })
  })

  it('says it when somebody else has reaped it, instead of waiting for ever', async () => {
    const spawner = await loadPosixSpawner()
    expect(() => spawner?.reap(process.pid)).toThrow('ECHILD')
  })

  it('is refused with the reason of the system', async () => {
    const folder = temporaryDirectory()
    const plain = join(folder, 'plain')
    writeFileSync(plain, 'not a program')
    const file = openSync(join(folder, 'output'), 'a')
    const start = (program: string, cwd = folder) =>
      startProcessCrossPlatform({ command: [program], cwd, captureOutput: { stdout: file, stderr: file } })
    await expect(start(join(folder, 'missing'))).rejects.toMatchObject({ code: 'program-not-found' })
    await expect(start(plain)).rejects.toMatchObject({ code: 'program-not-executable' })
    await expect(start('/bin/sh', join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'program-not-found' })
    closeSync(file)
  })
})

describe.runIf(process.platform !== 'win32')('what posix_spawn is not for', () => {
  it('runs a script without a first line by the shell all the same', async () => {
    const folder = temporaryDirectory()
    const script = join(folder, 'script')
    writeFileSync(script, 'echo from the script\n')
    chmodSync(script, 0o755)
    const output = join(folder, 'output')
    const file = openSync(output, 'a')
    const capture = { stdout: file, stderr: file }
    const { exited } = await startProcessCrossPlatform({ command: [script], captureOutput: capture })
    closeSync(file)
    await exited
    expect(readFileSync(output, 'utf8')).toBe('from the script\n')
  })
})

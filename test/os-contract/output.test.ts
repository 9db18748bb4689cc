import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProcessCrossPlatform } from '../../src-main/os/spawn.ts'
import { type FixtureProcess, startFixture, startIntoFiles } from '../support/fixture-process.ts'
import { longFolder, oddFolder } from '../support/odd-folder.ts'
import { cleanUpProcesses, endLater, isAlive } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { waitFor } from '../support/wait-for.ts'
import { wasForced } from './systems.ts'

cleanUpProcesses()

const node = process.execPath
const lines = (file: string) => readFileSync(file, 'latin1').split('\n').slice(0, -1)

/** A program that runs this text. */
function script(text: string): string {
  const file = join(temporaryDirectory(), 'script.mjs')
  writeFileSync(file, text)
  return file
}

async function pidFrom(started: FixtureProcess): Promise<number> {
  const output = await waitFor(() => started.output().endsWith('\n') && started.output(), { what: 'a pid' })
  return endLater(Number(output))
}

describe('the output of a started program', () => {
  it('goes straight into open files, behind what is there', async () => {
    const file = join(temporaryDirectory(), 'out.log')
    writeFileSync(file, 'before\n')
    const descriptor = openSync(file, 'a')
    const program = script("import { writeSync } from 'node:fs'\nwriteSync(1, 'out\\n')\nwriteSync(2, 'err\\n')\n")
    const { stdout, stderr, exited } = await startProcessCrossPlatform({
      command: [node, program],
      captureOutput: { stdout: descriptor, stderr: descriptor },
    })
    // The program has its own.
    closeSync(descriptor)
    expect([stdout, stderr]).toEqual([null, null])
    await exited
    expect(readFileSync(file, 'utf8')).toBe('before\nout\nerr\n')
  })

  it('is two streams in two files, in folders of any name', async () => {
    const program = script(`import { writeSync } from 'node:fs'
      for (let line = 0; line < 100; line += 1) writeSync(1 + (line % 2), line + '\\n')`)
    for (const folder of [oddFolder(), longFolder()]) {
      const started = await startIntoFiles([node, program], { folder })
      expect(await started.exited).toMatchObject({ code: 0 })
      const all = Array.from({ length: 50 }, (_, index) => 2 * index)
      expect(lines(join(folder, 'stdout.log'))).toEqual(all.map(String))
      expect(lines(join(folder, 'stderr.log'))).toEqual(all.map((line) => String(line + 1)))
    }
  })

  it('of two that write into one file at a time is whole, line by line', async () => {
    const folder = temporaryDirectory()
    const program = script(`import { writeSync } from 'node:fs'
      for (let line = 0; line < 2000; line += 1) writeSync(1, process.argv[2].repeat(60) + '\\n')`)
    const both = await Promise.all(['a', 'b'].map((letter) => startIntoFiles([node, program, letter], { folder })))
    await Promise.all(both.map(({ exited }) => exited))
    const written = lines(join(folder, 'stdout.log'))
    expect(written.filter((line) => line === 'a'.repeat(60))).toHaveLength(2000)
    expect(written.filter((line) => line === 'b'.repeat(60))).toHaveLength(2000)
  })

  it('goes nowhere if nobody wants it', async () => {
    const { pid, exited, stdout, stderr } = await startProcessCrossPlatform({
      command: [node, script("console.log('x')\nconsole.error('y')\n")],
    })
    endLater(pid)
    expect([stdout, stderr]).toEqual([null, null])
    expect((await exited).code).toBe(0)
  })

  it('goes on, and so does the program, after the death of who started it', async () => {
    const file = join(oddFolder(), 'ticks.log')
    const starter = await startFixture('starter.ts', [file])
    const pid = await pidFrom(starter)
    await waitFor(() => lines(file).length > 5, { what: 'the first ticks' })
    process.kill(starter.pid, 'SIGKILL')
    expect(wasForced(await starter.exited)).toBe(true)
    const atDeath = lines(file).length
    await waitFor(() => lines(file).length > atDeath + 50, { what: 'ticks after the death of the starter' })
    expect(isAlive(pid)).toBe(true)
    const ticks = lines(file)
    expect(ticks).toEqual(ticks.map((_line, index) => `tick ${index}`))
  })
})

describe('the end of a started program', () => {
  it('is told by its exit code', async () => {
    for (const code of [0, 1, 7, 255]) {
      const { exited } = await startIntoFiles([node, script(`process.exit(${code})`)])
      expect(await exited).toMatchObject({ code, signal: null })
    }
  })

  it('is told as forced if it was', async () => {
    const { pid, exited } = await startFixture('ticker.ts')
    process.kill(pid, 'SIGKILL')
    expect(wasForced(await exited)).toBe(true)
  })

  it('is told with its time, also to who asks later', async () => {
    const before = Date.now()
    const { exited } = await startIntoFiles([node, script('')])
    const { at } = await exited
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(Date.now())
    expect((await exited).at).toBe(at)
  })

  it('is told of each, however many end at once', async () => {
    const program = script('process.exit(Number(process.argv[2]))')
    const codes = Array.from({ length: 12 }, (_, index) => index)
    const all = await Promise.all(codes.map((code) => startIntoFiles([node, program, String(code)])))
    const exits = await Promise.all(all.map(({ exited }) => exited))
    expect(exits.map(({ code }) => code)).toEqual(codes)
  })
})

import { describe, expect, it } from 'vitest'
import { sampleUsage } from '../../src-main/manager/usage-sampler.ts'
import { startFixture, waitForLine } from '../support/fixture-process.ts'
import { cleanUpProcesses } from '../support/processes.ts'
import { startTree } from '../support/tree.ts'
import { waitFor } from '../support/wait-for.ts'

cleanUpProcesses()

const MIB = 1024 * 1024

const usageOf = async (pid: number) => (await sampleUsage(new Map([['it', pid]]))).it

describe('usage', () => {
  it('shows that a program spins, and that another does not', async () => {
    const spinner = await startFixture('glutton.ts', ['cpu'])
    const idler = await startFixture('polite.ts')
    await Promise.all([waitForLine(spinner, 'ready'), waitForLine(idler, 'ready')])
    const roots = new Map([
      ['spinner', spinner.pid],
      ['idler', idler.pid],
    ])
    // The first look may know nothing yet, and the machine may have other work.
    const sample = await waitFor(
      async () => {
        const { spinner: busy, idler: idle } = await sampleUsage(roots)
        return busy !== undefined && idle !== undefined && busy.cpuPercent > 10 && idle.cpuPercent < busy.cpuPercent / 2
          ? busy
          : null
      },
      { what: 'a share of the processor' },
    )
    expect(sample.cpuPercent).toBeLessThan(400)
    expect(sample.processCount).toBe(1)
  })

  it('shows what a program takes of the memory', async () => {
    const [small, large] = [
      await startFixture('polite.ts'),
      await startFixture('glutton.ts', ['memory', `${100 * MIB}`]),
    ]
    await Promise.all([waitForLine(small, 'ready'), waitForLine(large, 'ready')])
    const [less, more] = [await usageOf(small.pid), await usageOf(large.pid)]
    if (less === undefined || more === undefined) throw new Error('expected the usage of both')
    expect(less.memoryBytes).toBeGreaterThan(5 * MIB)
    expect(more.memoryBytes - less.memoryBytes).toBeGreaterThan(80 * MIB)
    expect(more.memoryBytes).toBeLessThan(1_000 * MIB)
  })

  it('counts the processes of a tree, and leaves out one that has ended', async () => {
    const tree = await startTree({ name: 'root', children: [{ name: 'child' }, { name: 'other' }] })
    const sample = await waitFor(
      async () => {
        const usage = await usageOf(tree.root.pid)
        return usage?.processCount === 3 ? usage : null
      },
      { what: 'all three' },
    )
    expect(sample.memoryBytes).toBeGreaterThan(15 * MIB)
    process.kill(tree.root.pid, 'SIGKILL')
    await tree.handle.exited
    expect(await usageOf(tree.root.pid)).toBeUndefined()
  })
})

import { expect, it } from 'vitest'
import { createLimit } from '../../../../src-main/services/detection/limit.ts'

/** Tasks that end when they are told to. */
function makeTasks(count: number) {
  const ends: (() => void)[] = []
  const log: string[] = []
  const tasks = Array.from({ length: count }, (_, index) => async () => {
    log.push(`begin ${index}`)
    await new Promise<void>((resolve) => {
      ends[index] = resolve
    })
    return index
  })
  return { tasks, ends, log }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

it('runs so many at a time, in their order, and gives back what they give', async () => {
  const limit = createLimit(2)
  const { tasks, ends, log } = makeTasks(4)
  const results = Promise.all(tasks.map((task) => limit(task)))
  await turn()
  expect(log).toEqual(['begin 0', 'begin 1'])
  ends[1]?.()
  await turn()
  expect(log).toEqual(['begin 0', 'begin 1', 'begin 2'])
  ends[0]?.()
  ends[2]?.()
  await turn()
  expect(log).toHaveLength(4)
  ends[3]?.()
  expect(await results).toEqual([0, 1, 2, 3])
})

it('goes on after one that failed', async () => {
  const limit = createLimit(1)
  const failing = limit(async () => {
    throw new Error('no')
  })
  const next = limit(async () => 'next')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('next')
  expect(await limit(async () => 'later')).toBe('later')
})

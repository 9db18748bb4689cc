import { describe, expect, it } from 'vitest'
import { SpareBuffers } from '../../../src-main/logs/spare-buffers.ts'

describe('spare buffers', () => {
  it('lends the same ones again, however many are lent at once', async () => {
    const spare = new SpareBuffers(16)
    const seen = new Set<Buffer>()
    const use = () =>
      spare.lend(async (buffer) => {
        seen.add(buffer)
        await Promise.resolve()
        return buffer
      })
    for (let round = 0; round < 5; round += 1) {
      const [first, second] = await Promise.all([use(), use()])
      expect(first).not.toBe(second)
    }
    expect(seen.size).toBe(2)
  })

  it('takes one back from work that fails', async () => {
    const spare = new SpareBuffers(16)
    let lent: Buffer | undefined
    const failing = spare.lend(async (buffer) => {
      lent = buffer
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await spare.lend(async (buffer) => buffer)).toBe(lent)
  })
})

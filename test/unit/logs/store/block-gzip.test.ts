import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BLOCK_BYTES, deflateBlock, inflateBlock, readBlocks } from '../../../../src-main/logs/store/block-gzip.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { text } from './stream-world.ts'

const START = 2 ** 40 + 7

async function archive(input: Buffer, blockBytes = BLOCK_BYTES): Promise<Buffer> {
  const members: Buffer[] = []
  for (let at = 0; at < input.length; at += blockBytes) {
    members.push(await deflateBlock(input.subarray(at, at + blockBytes), START + at))
  }
  return Buffer.concat(members)
}

async function opened(bytes: Buffer) {
  const path = join(temporaryDirectory(), 'archive.gz')
  writeFileSync(path, bytes)
  const file = await open(path, 'r')
  onTestFinished(() => file.close())
  return { path, file }
}

describe('a compressed archive', () => {
  it('is read by everything that reads gzip', async () => {
    const input = Buffer.from(text(2.5 * BLOCK_BYTES))
    const { path, file } = await opened(await archive(input))
    expect(gunzipSync(await file.readFile()).equals(input)).toBe(true)
    expect(execFileSync('gzip', ['-dc', path], { maxBuffer: 1e8 }).equals(input)).toBe(true)
  })

  it('is found its way in, block by block', async () => {
    const input = Buffer.concat([Buffer.from(text(1500)), randomBytes(1000), Buffer.alloc(900)])
    const { file } = await opened(await archive(input, 1000))
    const blocks = (await readBlocks(file)) ?? []
    expect(blocks.map(({ start, bytes }) => [start - START, bytes])).toEqual([
      [0, 1000],
      [1000, 1000],
      [2000, 1000],
      [3000, 400],
    ])
    for (const block of [...blocks].reverse()) {
      const begin = block.start - START
      expect(await inflateBlock(file, block)).toEqual(input.subarray(begin, begin + block.bytes))
    }
  })

  it('that is not ours, or not whole, has no blocks', async () => {
    const ours = await archive(Buffer.from(text(3000)), 1000)
    const other = await deflateBlock(Buffer.from('other'), 0)
    const foreign = [
      gzipSync('by somebody else'),
      Buffer.alloc(0),
      Buffer.from('no gzip at all, but long enough for a header of one'),
      ours.subarray(0, ours.length - 1),
      Buffer.concat([ours, Buffer.from('x')]),
      Buffer.concat([ours, other]),
    ]
    for (const bytes of foreign) expect(await readBlocks((await opened(bytes)).file)).toBeNull()
  })

  it('tells damaged blocks, and those of another archive, from its own', async () => {
    const input = Buffer.from(text(2000))
    const bytes = await archive(input, 1000)
    const blocks = (await readBlocks((await opened(bytes)).file)) ?? []
    const [first, second] = blocks
    if (first === undefined || second === undefined) throw new Error('expected two blocks')
    const damaged = Buffer.from(bytes)
    damaged.fill(0, second.position - 6, second.position - 4)
    const { file } = await opened(damaged)
    expect(await inflateBlock(file, first)).toBeNull()
    expect(await inflateBlock(file, second)).toEqual(input.subarray(1000))
    expect(await inflateBlock(file, { ...second, start: second.start + 1 })).toBeNull()
    expect(await inflateBlock(file, { ...second, length: second.length + 100 })).toBeNull()
  })

  it('does not inflate without bounds', async () => {
    const member = await deflateBlock(Buffer.alloc(BLOCK_BYTES + 1), 0)
    member.writeUInt32LE(BLOCK_BYTES, 20)
    const { file } = await opened(member)
    const [block] = (await readBlocks(file)) ?? []
    expect(block?.bytes).toBe(BLOCK_BYTES)
    expect(block === undefined ? block : await inflateBlock(file, block)).toBeNull()
  })
})

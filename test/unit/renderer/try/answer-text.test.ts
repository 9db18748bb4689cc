import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { GrowingText, MAX_TEXT } from '../../../../src-renderer/features/try/growing-text.ts'
import { blockEnd, HARD_LENGTH, SOFT_LENGTH } from '../../../../src-renderer/features/try/text-blocks.ts'

describe('a growing text', () => {
  it('hands each piece on once, and the whole to those who come later', () => {
    const text = new GrowingText()
    const sink = vi.fn()
    const end = text.subscribe(sink)
    text.append('one ')
    text.append('')
    text.append('two')
    end()
    text.append(' three')
    expect(sink.mock.calls).toEqual([['one '], ['two']])
    expect(text.text).toBe('one two three')
  })

  it('is bounded, says so, and cuts no character in two', () => {
    const text = new GrowingText()
    text.append('x'.repeat(MAX_TEXT - 1))
    expect(text.isCut).toBe(false)
    text.append('😀 and more')
    expect([text.text.length, text.isCut]).toEqual([MAX_TEXT - 1, true])
    expect(text.text.endsWith('x')).toBe(true)
  })
})

/** The blocks that pieces end up in. */
function blocksOf(pieces: readonly string[]): readonly string[] {
  const blocks: string[] = []
  let block = ''
  for (const piece of pieces) {
    let rest = piece
    while (rest !== '') {
      const end = blockEnd(block.length, rest)
      block += end === null ? rest : rest.slice(0, end)
      if (end === null) break
      blocks.push(block)
      block = ''
      rest = rest.slice(end)
    }
  }
  return block === '' ? blocks : [...blocks, block]
}

describe('the blocks of a text', () => {
  it('end with a line, once they are long enough', () => {
    const line = `${'x'.repeat(99)}\n`
    const blocks = blocksOf(Array.from({ length: 100 }, () => line))
    expect(blocks.every((block) => block.endsWith('\n'))).toBe(true)
    expect(blocks.slice(0, -1).every(({ length }) => length > SOFT_LENGTH && length <= SOFT_LENGTH + 100)).toBe(true)
  })

  it('end within a line that never does, but not within a character', () => {
    const blocks = blocksOf(['x', ...Array.from({ length: 60_000 }, () => '😀')])
    expect(blocks.length).toBeGreaterThan(1)
    expect(blocks.every((block) => !/[\uD800-\uDBFF]$/.test(block))).toBe(true)
  })

  it('are never longer than the longest, also if a piece fills one to the last character', () => {
    const full = 'y'.repeat(HARD_LENGTH)
    expect(blocksOf([full, 'z'])).toEqual([full, 'z'])
    const allButOne = 'y'.repeat(HARD_LENGTH - 1)
    expect(blocksOf([allButOne, '😀'])).toEqual([allButOne, '😀'])
  })

  it('hold all of the text, whatever its pieces, and none is too long', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.integer({ min: 0, max: 3 * HARD_LENGTH }).map((length) => 'y'.repeat(length)),
      fc.integer({ min: 0, max: 400 }).map((lines) => 'a line of it\n'.repeat(lines)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const blocks = blocksOf(pieces)
        expect(blocks.join('')).toBe(pieces.join(''))
        expect(blocks.every(({ length }) => length > 0 && length <= HARD_LENGTH)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

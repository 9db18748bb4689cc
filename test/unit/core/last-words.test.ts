import { expect, it } from 'vitest'
import { lastWords } from '../../../src-main/core/last-words.ts'

it('are the last five lines that say anything, in their order', () => {
  expect(lastWords(['a', 'b', '', 'c', 'd', '   ', 'e', 'f', ''])).toEqual(['b', 'c', 'd', 'e', 'f'])
  expect(lastWords(['', '\u001b[0m'])).toEqual([])
  expect(lastWords([])).toEqual([])
})

it('are plain text: no colours, no titles, no control characters', () => {
  expect(lastWords(['\u001b[1;31mError:\u001b[0m no \u001b]0;title\u0007memory\u0000\u009b\u0008'])).toEqual([
    'Error: no memory',
  ])
  expect(lastWords(['\tat main()'])).toEqual(['\tat main()'])
})

it('have of a progress bar what was left of it', () => {
  expect(lastWords(['10 %\r50 %\rfailed\r'])).toEqual(['failed'])
})

it('are cut to a readable length', () => {
  const [line = ''] = lastWords(['x'.repeat(100_000)])
  expect(line).toHaveLength(300)
  expect(line.endsWith('x…')).toBe(true)
})

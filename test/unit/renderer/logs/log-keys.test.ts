import { describe, expect, it } from 'vitest'
import { commandOfKey } from '../../../../src-renderer/features/logs/log-keys.ts'

const press = (key: string, held = {}) =>
  commandOfKey({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...held })
const shift = { shiftKey: true }

describe('a key in the output', () => {
  it.each([
    ['g', {}, { kind: 'start' }],
    ['G', shift, { kind: 'end' }],
    ['End', {}, { kind: 'end' }],
    ['ArrowUp', {}, { kind: 'scroll', lines: -1 }],
    [' ', {}, { kind: 'scroll', pages: 1 }],
    [' ', shift, { kind: 'scroll', pages: -1 }],
    ['/', {}, { kind: 'search' }],
    ['/', shift, { kind: 'search' }],
    [':', shift, { kind: 'go-to' }],
    ['?', shift, { kind: 'help' }],
    ['n', {}, { kind: 'match', direction: 'next' }],
    ['N', shift, { kind: 'match', direction: 'previous' }],
    ['F3', shift, { kind: 'match', direction: 'previous' }],
    ['E', shift, { kind: 'error', direction: 'previous' }],
    ['r', {}, { kind: 'mark', direction: 'next' }],
    ['c', { ctrlKey: true }, { kind: 'copy' }],
    ['c', { metaKey: true }, { kind: 'copy' }],
    ['a', { ctrlKey: true }, { kind: 'select-all' }],
    ['ArrowDown', shift, { kind: 'select', move: { by: 'row', step: 1 } }],
    ['End', { ctrlKey: true, shiftKey: true }, { kind: 'select', move: { by: 'log', edge: 'end' } }],
    ['PageUp', shift, { kind: 'select-page', direction: -1 }],
  ])('%s with %o', (key, held, command) => {
    expect(press(key, held)).toEqual(command)
  })

  it('does nothing if it means something else', () => {
    for (const key of ['Tab', 'toString', 'ArrowLeft', 'F5', 'z']) expect(press(key)).toBeNull()
    for (const key of ['r', 'w', 'q', '+', 'Tab']) expect(press(key, { ctrlKey: true })).toBeNull()
    expect(press('n', { altKey: true })).toBeNull()
    expect(press('F5', shift)).toBeNull()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { environmentBlock, foldName, withIndispensable } from '../../../src-main/os/native/win32/environment-block.ts'

const entriesOf = (block: string) => block.slice(0, -2).split('\0')

describe('an environment block', () => {
  it('is sorted by name without regard to case, each entry ended by NUL, and all by one more', () => {
    expect(environmentBlock({ b: '2', A: '1', _x: '4', C: '3=3' })).toBe('A=1\0b=2\0C=3=3\0_x=4\0\0')
  })

  it('has two NUL characters also if it is empty', () => {
    expect(environmentBlock({})).toBe('\0\0')
    expect(environmentBlock({ A: undefined })).toBe('\0\0')
  })

  it('merges names that differ only in case: the last one counts, also if it removes them', () => {
    expect(environmentBlock({ Path: 'system', PATH: 'mine' })).toBe('PATH=mine\0\0')
    expect(environmentBlock({ Path: 'system', PATH: undefined })).toBe('\0\0')
    expect(environmentBlock({ ÄPFEL: '1', äpfel: '2' })).toBe('äpfel=2\0\0')
  })

  it('keeps cmd’s working folders of drives, which come first', () => {
    expect(environmentBlock({ A: '1', '=C:': 'C:\\dir' })).toBe('=C:=C:\\dir\0A=1\0\0')
  })

  it('takes any text as value, and refuses what would end an entry early or move its name', () => {
    expect(environmentBlock({ A: 'ü💥\n"%' })).toBe('A=ü💥\n"%\0\0')
    expect(() => environmentBlock({ A: 'a\0B=2' })).toThrow(TypeError)
    expect(() => environmentBlock({ 'A\0B': '1' })).toThrow(TypeError)
    expect(() => environmentBlock({ 'A=B': '1' })).toThrow('without "="')
    expect(environmentBlock({ '': 'x' })).toBe('\0\0')
  })

  it('has each name once, in order, with the value that was given last', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'A', 'b', 'B', '_', 'ß', 'é', 'É'),
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(
        fc.dictionary(
          name,
          fc.string({ maxLength: 3 }).map((text) => text.replaceAll('\0', '')),
        ),
        (given) => {
          const expected = new Map<string, string>()
          for (const [key, value] of Object.entries(given)) expected.set(foldName(key), value)
          const block = environmentBlock(given)
          expect(block.endsWith('\0\0')).toBe(true)
          const found = expected.size === 0 ? [] : entriesOf(block)
          const folded = found.map((entry) => foldName(entry.slice(0, entry.indexOf('='))))
          expect(folded).toEqual([...expected.keys()].sort())
          expect(found.map((entry) => entry.slice(entry.indexOf('=') + 1))).toEqual(
            folded.map((key) => expected.get(key)),
          )
        },
      ),
    )
  })

  it('is completed by what no program can do without', () => {
    const own = { SystemRoot: 'C:\\Windows', SystemDrive: 'C:', windir: 'C:\\Windows', SECRET: 'x' }
    expect(withIndispensable({ A: '1' }, own)).toEqual({
      A: '1',
      SystemRoot: 'C:\\Windows',
      SystemDrive: 'C:',
      windir: 'C:\\Windows',
    })
    expect(
      withIndispensable({ SYSTEMROOT: 'D:\\W', WinDir: undefined }, { SystemRoot: 'C:\\Windows', windir: 'x' }),
    ).toEqual({ SYSTEMROOT: 'D:\\W', WinDir: undefined })
  })
})

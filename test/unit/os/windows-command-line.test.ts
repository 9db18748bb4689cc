import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchCommandLine, commandLine, quoteArgument } from '../../../src-main/os/windows-command-line.ts'
import { parseCommandLine } from '../../support/parse-command-line.ts'

/** Mostly what quoting is about. */
const argument = fc.oneof(
  fc.string({ unit: fc.constantFrom('\\', '"', ' ', '\t', 'a', '%', '&', '\n', 'ü', '💥'), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
)
const program = 'C:\\Program Files\\x\\server.exe'

describe('a command line', () => {
  it('is read back as exactly the arguments it was made of', () => {
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        expect(parseCommandLine(commandLine(program, args))).toEqual([program, ...args])
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['plain', 'plain'],
    ['C:\\models\\', 'C:\\models\\'],
    ['', '""'],
    ['a b', '"a b"'],
    ['a b\\', '"a b\\\\"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['\\"', '"\\\\\\""'],
    ['%PATH%', '%PATH%'],
  ])('quotes %s only as far as it has to: %s', (given, quoted) => {
    expect(quoteArgument(given)).toBe(quoted)
  })

  it('is refused if it is longer than Windows takes', () => {
    expect(commandLine('x', ['a'.repeat(32_700)])).toHaveLength(32_704)
    expect(() => commandLine('x', ['a'.repeat(32_763)])).toThrow(
      expect.objectContaining({ code: 'command-too-long', message: expect.stringContaining('32767 of at most 32766') }),
    )
  })

  it('is refused for a program with quotes in its name, which no file can have', () => {
    expect(() => commandLine('C:\\a" b', [])).toThrow(expect.objectContaining({ code: 'program-not-found' }))
  })
})

describe('the command line of a batch file', () => {
  const shell = 'C:\\Windows\\System32\\cmd.exe'
  const script = 'C:\\my tools\\run.cmd'

  it('runs cmd.exe without its registry’s commands, with everything quoted that it would interpret', () => {
    const line = batchCommandLine(shell, script, [
      '--port',
      '8080',
      'a & b',
      '--x=1',
      '',
      'C:\\dir x\\',
      '^caret',
      '!v!',
    ])
    expect(line).toBe(
      '"C:\\Windows\\System32\\cmd.exe" /d /v:off /s /c ""C:\\my tools\\run.cmd" --port 8080 "a & b" "--x=1" "" "C:\\dir x\\\\" "^caret" "!v!""',
    )
  })

  it('refuses what cmd.exe interprets inside quotes too', () => {
    for (const [bad, words] of [
      ['"', 'quotes'],
      ['a"&calc.exe', 'quotes'],
      ['%PATH%', 'a percent sign'],
      ['100%', 'a percent sign'],
      ['a\nb', 'a line break'],
      ['a\rb', 'a line break'],
      ['a\0b', 'a NUL character'],
    ] as const) {
      const expected = expect.objectContaining({ code: 'command-not-safe', message: expect.stringContaining(words) })
      expect(() => batchCommandLine(shell, script, ['fine', bad])).toThrow(expected)
    }
    expect(() => batchCommandLine(shell, 'C:\\100%\\run.cmd', [])).toThrow(
      expect.objectContaining({ code: 'command-not-safe' }),
    )
  })

  it('leaves nothing that means something to cmd.exe outside quotes, whatever the arguments are', () => {
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        let line: string
        try {
          line = batchCommandLine(shell, script, args)
        } catch {
          return
        }
        const inner = line.slice(line.indexOf('/c "') + 4, -1)
        const outsideQuotes = inner.replaceAll(/"[^"]*"/g, '')
        expect(outsideQuotes).toMatch(/^[\w\-.:\\/+@ ]*$/)
        expect(inner).not.toMatch(/[%\r\n\0]/)
        // And the program behind the batch file reads them as they were.
        expect(parseCommandLine(inner)).toEqual([script, ...args])
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused if it is longer than cmd.exe takes', () => {
    const expected = expect.objectContaining({ code: 'command-too-long' })
    expect(() => batchCommandLine(shell, script, ['a'.repeat(8_200)])).toThrow(expected)
  })
})

import { describe, expect, it } from 'vitest'
import { parseServices } from '../../../src-main/services/parse-services.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'

/** The services of this text, each in a line of its own from line 2 on. */
function parse(...after: string[]) {
  const services = after.map((list, index) => `{"key": "a:${index}", "after": ${list}, "binName": "x"}`)
  return parseServices(`{"version": 1, "services": [\n${services.join(',\n')}\n]}`, 'services.json', presets)
}

function problems(...after: string[]): string[] {
  const parsed = parse(...after)
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('"after"', () => {
  it('takes a key alone for a healthy service', () => {
    const parsed = parse('[]', '["a:0"]', '[{"key": "a:1", "until": "running"}, {"key": "a:0"}]')
    expect(parsed).toMatchObject({ ok: true })
    expect(parsed.ok && parsed.definitions.map(({ after }) => after)).toEqual([
      [],
      [{ key: 'a:0', until: 'healthy' }],
      [
        { key: 'a:1', until: 'running' },
        { key: 'a:0', until: 'healthy' },
      ],
    ])
  })

  it.each([
    [
      'unknown keys',
      ['["a:1", "a1"]', '[{"key": "c:long-name"}]'],
      [
        '2:33 services[0].after[1]: there is no service with the key "a1"; did you mean "a:1"?',
        '3:26 services[1].after[0]: there is no service with the key "c:long-name"',
      ],
    ],
    ['a repetition', ['[]', '["a:0", {"key": "a:0"}]'], ['3:33 services[1].after[1]: "a:0" is given twice; keep one']],
    [
      'a cycle, with its path',
      ['["a:1"]', '["a:2"]', '["a:1"]'],
      [
        '3:26 services[1].after[0]: these services wait for each other: a:1 → a:2 → a:1; remove one of them from its "after"',
      ],
    ],
    [
      'itself',
      ['["a:0"]'],
      ['2:26 services[0].after[0]: these services wait for each other: a:0 → a:0; remove one of them from its "after"'],
    ],
    [
      'what is neither a key nor an object',
      ['[5]'],
      ['2:26 services[0].after[0]: expected a text in double quotes or an object in { }, got 5'],
    ],
    [
      'misspelt keys and words',
      ['[{"key": "a:0", "untill": "running"}]', '[{"key": "a:0", "until": "ok"}]', '[{"until": "running"}]'],
      [
        '2:41 services[0].after[0].untill: unknown key; did you mean "until"?',
        '3:50 services[1].after[0].until: expected one of "running" or "healthy", got "ok"',
        '4:26 services[2].after[0].key: is missing; expected a text in double quotes',
      ],
    ],
  ])('tells %s', (_what, after, expected) => {
    expect(problems(...after)).toEqual(expected)
  })
})

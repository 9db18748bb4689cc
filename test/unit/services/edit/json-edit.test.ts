import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insertItem, moveItem, removeItem, updateObject } from '../../../../src-main/services/edit/json-edit.ts'
import { servicesJsonSchema } from '../../../../src-main/services/services-schema.ts'

const schema = servicesJsonSchema()
const LIST = ['services']

const pretty = `{
  "version": 1,
  "services": [
    {
      "key": "a:one",
      "args": {
        "port": 8001
      }
    },
    { "preset": "demo", "key": "b:two" }
  ]
}
`
const expanded = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const tabs = '{\r\n\t"services": [\r\n\t\t{\r\n\t\t\t"key": "a:one"\r\n\t\t}\r\n\t],\r\n\t"version": 1\r\n}'

const entry = { key: 'c:three', args: { port: 8003, extraArgs: ['-m', '/models/x.gguf'] } }

describe('an item is put into a list', () => {
  it('laid out as the file is', () => {
    expect(insertItem(pretty, LIST, 2, { value: entry })).toBe(
      pretty.replace(
        '"key": "b:two" }',
        `"key": "b:two" },
    {
      "key": "c:three",
      "args": { "port": 8003, "extraArgs": ["-m", "/models/x.gguf"] }
    }`,
      ),
    )
  })

  it('as JSON.stringify would have it, if that wrote the file', () => {
    const one = { key: 'a:one', args: { extraArgs: ['x'], port: 1 } }
    expect(insertItem(expanded({ services: [one] }), LIST, 1, { value: entry })).toBe(
      expanded({ services: [one, entry] }),
    )
  })

  it('with tabs and the line ends of Windows', () => {
    expect(insertItem(tabs, LIST, 0, { value: { key: 'c:three', args: { port: 1 } } })).toBe(
      tabs.replace(
        '[\r\n',
        '[\r\n\t\t{\r\n\t\t\t"key": "c:three",\r\n\t\t\t"args": {\r\n\t\t\t\t"port": 1\r\n\t\t\t}\r\n\t\t},\r\n',
      ),
    )
  })

  it.each([
    ['without spaces', '{"version":1,"services":[{"key":"a:one"}]}', ',{"key":"c:three","autoStart":true}'],
    ['with spaces', '{ "services": [{ "key": "a:one" }] }', ', { "key": "c:three", "autoStart": true }'],
    ['with some', '{"services": [{"key": "a:one"}]}', ', {"key": "c:three", "autoStart": true}'],
  ])('in one line, %s', (_what, text, added) => {
    const value = { key: 'c:three', autoStart: true }
    expect(insertItem(text, LIST, 1, { value })).toBe(text.replace(/\}(?=\])/, `}${added}`))
  })

  it('in a line of its own, if the others are', () => {
    const text = '{\n  "services": [\n    { "key": "a:one" }\n  ]\n}'
    expect(insertItem(text, LIST, 1, { value: { key: 'c:three', args: { port: 1 } } })).toBe(
      '{\n  "services": [\n    { "key": "a:one" },\n    { "key": "c:three", "args": { "port": 1 } }\n  ]\n}',
    )
    const long = { key: 'c:three', name: 'x'.repeat(100) }
    expect(insertItem(text, LIST, 0, { value: long })).toContain(
      '[\n    {\n      "key": "c:three",\n      "name": "xxx',
    )
  })

  it('that is empty', () => {
    const inserted = '{\n  "services": [\n    {\n      "key": "c:three"\n    }\n  ]\n}'
    for (const empty of ['[]', '[ ]', '[\n  ]']) {
      expect(insertItem(`{\n  "services": ${empty}\n}`, LIST, 0, { value: { key: 'c:three' } })).toBe(inserted)
    }
    expect(insertItem('{"services":[]}', LIST, 0, { value: { key: 'c:three' } })).toBe(
      '{"services":[{"key":"c:three"}]}',
    )
  })

  it('with the separators that it has', () => {
    const text = '{ "services": [\n  { "key": "a:one" }\n  ,\n\n  { "key": "b:two" }\n] }'
    expect(insertItem(text, LIST, 1, { raw: '{ "key": "c:three" }' })).toBe(
      text.replace('{ "key": "b:two" }', '{ "key": "c:three" }\n  ,\n\n  { "key": "b:two" }'),
    )
  })
})

describe('an item', () => {
  it('is removed with its comma', () => {
    expect(removeItem(pretty, LIST, 1)).toBe(pretty.replace(',\n    { "preset": "demo", "key": "b:two" }', ''))
    expect(removeItem(pretty, LIST, 0)).toMatch(/"services": \[\n {4}\{ "preset": "demo", "key": "b:two" \}\n {2}\]/)
    expect(removeItem(tabs, LIST, 0)).toBe('{\r\n\t"services": [],\r\n\t"version": 1\r\n}')
  })

  it('is moved as it is', () => {
    const moved = moveItem(pretty, LIST, 1, 0)
    expect(moved).toMatch(/"services": \[\n {4}\{ "preset": "demo", "key": "b:two" \},\n {4}\{\n {6}"key": "a:one",/)
    expect(moveItem(moved, LIST, 0, 1)).toBe(pretty)
  })

  it('that is not there is a bug', () => {
    expect(() => removeItem(pretty, LIST, 2)).toThrow('expected an item at 2 of 2')
    expect(() => removeItem(pretty, ['other'], 0)).toThrow('expected JSON with a value at other')
  })
})

describe('an object', () => {
  const update = (text: string, index: number, wanted: object) => updateObject(text, [...LIST, index], wanted, schema)

  it('that is as it should be is not touched, whatever the order of its keys', () => {
    expect(update(pretty, 1, { key: 'b:two', preset: 'demo' })).toBe(pretty)
  })

  it('gets new keys where the schema has them', () => {
    expect(update(pretty, 0, { key: 'a:one', autoStart: true, args: { port: 8001, host: '::1' }, name: 'One' })).toBe(
      pretty.replace(
        `"key": "a:one",
      "args": {
        "port": 8001
      }`,
        `"key": "a:one",
      "name": "One",
      "args": {
        "host": "::1",
        "port": 8001
      },
      "autoStart": true`,
      ),
    )
    expect(update(pretty, 1, { key: 'b:two', preset: 'demo', args: { port: 1 } })).toBe(
      pretty.replace('"key": "b:two" }', '"key": "b:two", "args": { "port": 1 } }'),
    )
  })

  it('loses what it should not have', () => {
    expect(update(pretty, 0, { key: 'a:one' })).toBe(
      pretty.replace(/"key": "a:one",\s+"args": \{[^}]*\}/, '"key": "a:one"'),
    )
    expect(update(pretty, 1, { key: 'b:two' })).toContain('{ "key": "b:two" }')
  })

  it('keeps the items of a list that stay', () => {
    const text = '{"services": [{"key": "a:b", "args": {"extraArgs": ["-m",   "x",\n "-c", "1e3"]}}]}'
    const change = (extraArgs: string[]) => update(text, 0, { key: 'a:b', args: { extraArgs } })
    expect(change(['-m', 'x', '-c', '2000'])).toBe(text.replace('"1e3"', '"2000"'))
    expect(change(['-m', 'x', '-v', '-c', '1e3'])).toBe(text.replace('"-c"', '"-v",\n "-c"'))
    expect(change(['-c', '1e3'])).toBe(text.replace('"-m",   "x",\n ', ''))
    expect(change(['other'])).toBe('{"services": [{"key": "a:b", "args": {"extraArgs": [\n  "other"\n]}}]}')
    expect(change([])).toBe('{"services": [{"key": "a:b", "args": {"extraArgs": []}}]}')
  })

  it('keeps numbers as they are written unless they are others', () => {
    const text = '{"services": [{"key": "a:b", "stop": {"graceSeconds": 1.50e1}}]}'
    expect(update(text, 0, { key: 'a:b', stop: { graceSeconds: 15 } })).toBe(text)
    expect(update(text, 0, { key: 'a:b', stop: { graceSeconds: 16 } })).toBe(text.replace('1.50e1', '16'))
  })

  it('becomes any other one', () => {
    const json = fc.dictionary(fc.stringMatching(/^[a-c]$/), fc.jsonValue({ maxDepth: 3 }))
    const layout = fc.constantFrom(undefined, 1, 2, '\t')
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 4 }), json, layout, fc.nat(), (list, wanted, indent, n) => {
        // What JSON cannot say (-0) is no difference.
        const before = JSON.parse(JSON.stringify(list))
        const index = n % before.length
        const text = updateObject(JSON.stringify({ services: before }, null, indent), [...LIST, index], wanted, schema)
        expect(JSON.parse(text)).toEqual({ services: before.with(index, JSON.parse(JSON.stringify(wanted))) })
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EntryView } from '../../../../src-preload/contract/setup-view.ts'
import { type EntryForm, entryOf, formOf, isChanged } from '../../../../src-renderer/features/setup/form/entry-form.ts'
import { FIELD_IDS, FIELDS, isListId, type TextId } from '../../../../src-renderer/features/setup/form/fields.ts'

const full: EntryView = {
  key: 'llamacpp:coder',
  name: 'Coder',
  preset: 'llamacpp',
  binName: '/opt/llama-server',
  args: { host: '127.0.0.1', port: 9932, extraArgs: ['-m', '/models/coder.gguf', '', 'two\nlines'] },
  env: { LLAMA_LOG_COLORS: 'off' },
  secrets: ['LLAMA_API_KEY'],
  cwd: '/srv',
  after: ['ollama:main', { key: 'db:main', until: 'running' }, { key: 'x:y' }],
  autoStart: false,
  restart: { policy: 'always', maxRetries: 0 },
  followsRestart: true,
  health: { timeoutSeconds: 0.5, readiness: { logText: 'ready' }, command: ['a', 'b'] },
  stop: { graceSeconds: 10, http: { path: '/bye', method: 'PUT' } },
  log: { maxFileMegabytes: 10 },
}

const withText = (form: EntryForm, id: TextId, text: string): EntryForm => ({
  ...form,
  texts: { ...form.texts, [id]: text },
})

describe('a form that nobody touched', () => {
  it.each([
    ['everything', full],
    ['nothing but a key', { key: 'a:b' }],
    ['empty parts', { key: 'a:b', args: {}, env: {}, health: { readiness: {} }, after: [], secrets: [] }],
    ['values of another kind', { key: 'a:b', name: ' ', health: { path: { later: 1 }, command: 'x' } } as EntryView],
    ['parts that no form knows', { key: 'a:b', health: { later: { deep: [1] } }, future: true } as EntryView],
  ])('means the same entry, with %s', (_what, entry) => {
    const { entry: meant, secrets, problems } = entryOf(entry, formOf(entry))
    expect(JSON.stringify(meant)).toBe(JSON.stringify(entry))
    expect(secrets).toEqual({})
    expect(problems).toEqual([])
    expect(isChanged(entry, formOf(entry))).toBe(false)
  })
})

describe('a change', () => {
  it('changes its field and keeps every other value, known or not, as it is written', () => {
    const entry = { ...full, health: { ...full.health, later: 7 } }
    const { entry: meant } = entryOf(entry, withText(formOf(entry), 'health.timeoutSeconds', '2'))
    expect(meant).toEqual({ ...entry, health: { ...entry.health, timeoutSeconds: 2 } })
  })

  it('of any field comes back from the entry it makes', () => {
    const ids = FIELD_IDS.filter((id): id is TextId => !isListId(id) && id !== 'key')
    const exampleOf = { text: 'http', number: '17', flag: 'true' } as const
    const typed = (id: TextId) => exampleOf[FIELDS[id]]
    fc.assert(
      fc.property(fc.subarray(ids), (chosen) => {
        const base: EntryView = { key: 'a:b' }
        const form = chosen.reduce((before, id) => withText(before, id, typed(id)), formOf(base))
        const again = formOf(entryOf(base, form).entry)
        for (const id of ids) expect(again.texts[id]).toBe(chosen.includes(id) ? typed(id) : '')
      }),
    )
  })

  it('that empties a field leaves it out, and the object around it once that is empty', () => {
    const entry: EntryView = {
      key: 'a:b',
      args: { port: 1 },
      stop: { http: { path: '/x' } },
      log: { maxFileMegabytes: 1 },
    }
    let form = withText(formOf(entry), 'args.port', '')
    form = withText(form, 'stop.http.path', ' ')
    expect(entryOf(entry, form).entry).toEqual({ key: 'a:b', log: { maxFileMegabytes: 1 } })
  })

  it('to what is no number is a problem, and is not sent', () => {
    const result = entryOf(full, withText(formOf(full), 'args.port', '99x'))
    expect(result.problems).toEqual([{ field: 'args.port', row: null, message: 'expected a number, got "99x"' }])
    expect(result.entry.args).not.toHaveProperty('port')
    expect(isChanged(full, withText(formOf(full), 'args.port', '99x'))).toBe(true)
  })

  it('of arguments drops rows left empty, but not an empty argument that was there', () => {
    const bare: EntryView = { key: 'a:b' }
    const lists = (entry: EntryView, args: string[]) => {
      const form = formOf(entry)
      return entryOf(entry, { ...form, lists: { ...form.lists, 'args.extraArgs': args } }).entry.args?.extraArgs
    }
    expect(lists(bare, ['-x', '', ''])).toEqual(['-x'])
    expect(lists(bare, [''])).toBeUndefined()
    expect(lists(full, ['-m', '', 'other'])).toEqual(['-m', '', 'other'])
  })

  it('of the order keeps short and long forms', () => {
    const form = formOf(full)
    const after = [...form.after, { key: 'new:one', until: '' as const }]
    expect(entryOf(full, { ...form, after }).entry.after).toEqual([
      'ollama:main',
      { key: 'db:main', until: 'running' },
      'x:y',
      'new:one',
    ])
  })
})

describe('saving over an entry that has changed in the file', () => {
  it('lets the form win where it knows a field, and the file where it does not', () => {
    const opened: EntryView = { key: 'a:b', name: 'Opened', args: { port: 1 } }
    const form = withText(formOf(opened), 'name', 'Mine')
    const onDisk = { key: 'a:b', name: 'Theirs', cwd: '/theirs', args: { port: 2 }, later: true } as EntryView
    expect(entryOf(onDisk, form).entry).toEqual({ key: 'a:b', name: 'Mine', args: { port: 1 }, later: true })
  })
})

describe('secrets', () => {
  const base: EntryView = { key: 'a:b', env: { PLAIN: '1' }, secrets: ['KEPT', 'REPLACED', 'GONE', 'LOST'] }
  const stored = ['KEPT', 'REPLACED', 'GONE']

  it('never come with a value, and say whether there is one', () => {
    const rows = formOf(base, stored).env
    expect(rows.map(({ name, value, isSecret, isStored }) => [name, value, isSecret, isStored])).toEqual([
      ['PLAIN', '1', false, false],
      ['KEPT', '', true, true],
      ['REPLACED', '', true, true],
      ['GONE', '', true, true],
      ['LOST', '', true, false],
    ])
  })

  it('are sent only if they were replaced, and taken away if their row is', () => {
    const form = formOf(base, stored)
    const env = form.env
      .filter(({ name }) => name !== 'GONE')
      .map((row) => (row.name === 'REPLACED' ? { ...row, value: 'new', isStored: false } : row))
    const { entry, secrets } = entryOf(base, { ...form, env }, stored)
    expect(entry.secrets).toEqual(['KEPT', 'REPLACED', 'LOST'])
    expect(entry.env).toEqual({ PLAIN: '1' })
    expect(secrets).toEqual({ GONE: null, REPLACED: 'new' })
    expect(JSON.stringify(entry)).not.toContain('new')
  })

  it('that become plain variables are taken out of safe storage', () => {
    const form = formOf({ key: 'a:b', secrets: ['TOKEN'] }, ['TOKEN'])
    const env = form.env.map((row) => ({ ...row, value: 'open', isSecret: false, isStored: false }))
    const { entry, secrets } = entryOf({ key: 'a:b', secrets: ['TOKEN'] }, { ...form, env }, ['TOKEN'])
    expect(entry).toEqual({ key: 'a:b', env: { TOKEN: 'open' } })
    expect(secrets).toEqual({ TOKEN: null })
  })
})

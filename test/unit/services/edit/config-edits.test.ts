import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ConfigState } from '../../../../src-main/services/config-state.ts'
import { type EditWorld, editWorld, keysOf, succeeded } from '../../../support/edit-world.ts'
import { waitFor } from '../../../support/wait-for.ts'

/** As a person might have laid it out. */
const FILE = `{
  "$schema": "./services.schema.json",
  "version":1,
  "services": [
    {"key": "demo:one",   "preset": "demo", "name": "One"},
    {
        "args": { "port": 9001 },
        "preset": "demo", "key": "demo:two",
        "secrets": ["TOKEN"]
    },

    { "key": "demo:three", "preset": "demo", "after": ["demo:two"] }
  ]
}
`
const ONE = '{"key": "demo:one",   "preset": "demo", "name": "One"}'
const TWO = /\{\n {8}"args"[^}]*\}[^}]*\}/.exec(FILE)?.[0] ?? ''
const THREE = '{ "key": "demo:three", "preset": "demo", "after": ["demo:two"] }'

const NEW = { key: 'demo:new', preset: 'demo', args: { port: 9009 } }

const revision = async ({ edits }: EditWorld, key: string) => succeeded(await edits.entry(key)).revision
const failed = (code: string, message: RegExp | string = '') => ({
  ok: false,
  failure: { code, message: expect.stringMatching(message) },
})

describe('an entry', () => {
  it('is read as it is written, with the secrets that have a value', async () => {
    const { edits, secrets } = await editWorld(FILE)
    const read = succeeded(await edits.entry('demo:two'))
    expect(read).toEqual({
      entry: { args: { port: 9001 }, preset: 'demo', key: 'demo:two', secrets: ['TOKEN'] },
      revision: expect.stringMatching(/^[0-9a-f]{64}$/),
      storedSecrets: [],
    })
    const sealed = await secrets.seal('x')
    await secrets.put('demo:two', new Map([['TOKEN', sealed ?? '']]))
    expect(succeeded(await edits.entry('demo:two')).storedSecrets).toEqual(['TOKEN'])
    expect(await edits.entry('demo:none')).toMatchObject(failed('no-such-entry', 'demo:none'))
  })

  it('has another revision once it is another one, but not for its layout', async () => {
    const world = await editWorld(FILE)
    const before = await revision(world, 'demo:two')
    world.save(JSON.stringify(JSON.parse(FILE)))
    expect(await revision(world, 'demo:two')).toBe(before)
    world.save(FILE.replace('9001', '9002'))
    expect(await revision(world, 'demo:two')).not.toBe(before)
  })

  it('is added at the end, and nothing else changes', async () => {
    const { edits, text, store } = await editWorld(FILE)
    const added = succeeded(await edits.add(NEW, {}))
    expect(added).toMatchObject({ entry: NEW, storedSecrets: [] })
    expect(text()).toBe(
      FILE.replace(
        THREE,
        `${THREE},

    {
      "key": "demo:new",
      "preset": "demo",
      "args": {"port": 9009}
    }`,
      ),
    )
    expect(keysOf(store.state)).toEqual(['demo:one', 'demo:two', 'demo:three', 'demo:new'])
    expect(store.state.definitions.at(-1)).toMatchObject({ key: 'demo:new', port: 9009 })
    expect(succeeded(await edits.entry('demo:new'))).toEqual(added)
  })

  it('is changed where it differs', async () => {
    const world = await editWorld(FILE)
    const entry = { key: 'demo:two', preset: 'demo', name: 'Two', args: { port: 9005 }, secrets: ['TOKEN'] }
    const changed = succeeded(await world.edits.change('demo:two', await revision(world, 'demo:two'), entry, {}))
    expect(changed.entry).toEqual(entry)
    expect(world.text()).toBe(
      FILE.replace('9001', '9005').replace('"demo:two",\n', '"demo:two",\n        "name": "Two",\n'),
    )
    expect(world.store.state.definitions[1]).toMatchObject({ name: 'Two', port: 9005 })
    const again = await world.edits.change('demo:two', changed.revision, { ...entry, args: { port: 9001 } }, {})
    expect(succeeded(again).revision).not.toBe(changed.revision)
  })

  it('that is the same is not written', async () => {
    const world = await editWorld(FILE)
    const before = statSync(world.file)
    const { entry, revision: of } = succeeded(await world.edits.entry('demo:two'))
    expect(succeeded(await world.edits.change('demo:two', of, entry, {})).revision).toBe(of)
    expect(statSync(world.file).ino).toBe(before.ino)
  })

  it('keeps its key', async () => {
    const world = await editWorld(FILE)
    const of = await revision(world, 'demo:two')
    const result = await world.edits.change('demo:two', of, { key: 'demo:other', preset: 'demo' }, {})
    expect(result).toMatchObject(failed('bad-entry', /^key: cannot be changed.*duplicate/))
    expect(world.text()).toBe(FILE)
  })

  it('is moved in front of another one, or to the end', async () => {
    const { edits, text, store } = await editWorld(FILE)
    succeeded(await edits.move('demo:three', 'demo:one'))
    expect(keysOf(store.state)).toEqual(['demo:three', 'demo:one', 'demo:two'])
    succeeded(await edits.move('demo:three', 'demo:two'))
    expect(keysOf(store.state)).toEqual(['demo:one', 'demo:three', 'demo:two'])
    succeeded(await edits.move('demo:three', null))
    expect(text()).toBe(FILE)
    for (const [key, before] of [
      ['demo:three', null],
      ['demo:two', 'demo:two'],
      ['demo:one', 'demo:two'],
    ] as const) {
      succeeded(await edits.move(key, before))
      expect(text()).toBe(FILE)
    }
    expect(await edits.move('demo:none', null)).toMatchObject(failed('no-such-entry', 'demo:none'))
    expect(await edits.move('demo:one', 'demo:none')).toMatchObject(failed('no-such-entry', 'demo:none'))
  })

  it('is copied as it is laid out, with a key and a name of its own, and does not start by itself', async () => {
    const file =
      '{"version": 1, "services": [ {"key": "x:a", "name": "Ay", "autoStart": true, "binName":\n "/x" },{"key":"x:a-2","binName":"/x"}]}'
    const { edits, text } = await editWorld(file)
    expect(succeeded(await edits.duplicate('x:a')).entry).toEqual({ key: 'x:a-3', name: 'Ay 2', binName: '/x' })
    expect(text()).toBe(
      file.replace(' },{"key":"x:a-2"', ' },{"key": "x:a-3", "name": "Ay 2", "binName":\n "/x" },{"key":"x:a-2"'),
    )
    expect(succeeded(await edits.duplicate('x:a-2')).entry).toEqual({ key: 'x:a-4', binName: '/x' })
    expect(await edits.duplicate('x:none')).toMatchObject(failed('no-such-entry'))
  })
})

describe('deleting', () => {
  it('stops the service first, and can be undone', async () => {
    const stopped: string[] = []
    const world = await editWorld(FILE, {
      stop: async (key) => {
        stopped.push(key)
        expect(keysOf(world.store.state)).toContain(key)
        return null
      },
    })
    const { undo } = succeeded(await world.edits.delete('demo:one'))
    expect(stopped).toEqual(['demo:one'])
    expect(world.text()).toBe(FILE.replace(`${ONE},\n    `, ''))
    expect(keysOf(world.store.state)).toEqual(['demo:two', 'demo:three'])
    expect(succeeded(await world.edits.undoDelete(undo))).toEqual({ key: 'demo:one' })
    expect(world.text()).toBe(FILE)
    expect(await world.edits.undoDelete(undo)).toMatchObject(failed('no-undo'))
  })

  it('removes nothing if the service could not be stopped', async () => {
    const failure = { code: 'survived', message: 'python3 (pid 7) is still there.', hint: '' }
    const { edits, text } = await editWorld(FILE, { stop: async () => failure })
    expect(await edits.delete('demo:one')).toEqual({ ok: false, failure })
    expect(text()).toBe(FILE)
  })

  it('is refused, and nothing stopped, while others are started after it', async () => {
    const { edits, text } = await editWorld(FILE, { stop: () => Promise.reject(new Error('not to be stopped')) })
    expect(await edits.delete('demo:two')).toMatchObject(failed('needed-by', /^demo:two is needed by "demo:three"\.$/))
    expect(await edits.delete('demo:none')).toMatchObject(failed('no-such-entry'))
    expect(text()).toBe(FILE)
  })

  it('is called off if the entry was changed while its service was stopped', async () => {
    const world = await editWorld(FILE, {
      stop: async () => {
        world.save(FILE.replace('"One"', '"Another"'))
        return null
      },
    })
    expect(await world.edits.delete('demo:one')).toMatchObject(failed('config-changed'))
    expect(world.text()).toContain('Another')
  })

  it('lets other changes through while its service is stopped', async () => {
    let stop = (_failure: null) => undefined as unknown
    const stopping = new Promise<null>((resolve) => {
      stop = resolve
    })
    const world = await editWorld(FILE, { stop: () => stopping })
    const deleted = world.edits.delete('demo:one')
    succeeded(await world.edits.add(NEW, {}))
    stop(null)
    succeeded(await deleted)
    expect(keysOf(world.store.state)).toEqual(['demo:two', 'demo:three', 'demo:new'])
  })

  it('of all and undoing all in any order gives the same file in the end', async () => {
    const { edits, text, services } = await editWorld(FILE)
    const undo = new Map<string, number>()
    for (const key of ['demo:three', 'demo:one', 'demo:two']) undo.set(key, succeeded(await edits.delete(key)).undo)
    expect(services()).toEqual([])
    expect(await edits.undoDelete(undo.get('demo:three') ?? 0)).toMatchObject(
      failed('bad-entry', /^after\[0\]: there is no service with the key "demo:two"/),
    )
    for (const key of ['demo:two', 'demo:three', 'demo:one']) succeeded(await edits.undoDelete(undo.get(key) ?? 0))
    expect(services()).toEqual(expect.arrayContaining(JSON.parse(FILE).services))
    for (const raw of [ONE, TWO, THREE]) expect(text()).toContain(raw)
  })

  it('is undone beside the old neighbours, wherever they are by now', async () => {
    const keys = ['x:a', 'x:b', 'x:c', 'x:d']
    const { edits, store } = await editWorld(
      JSON.stringify({ version: 1, services: keys.map((key) => ({ key, binName: '/x' })) }, null, 1),
    )
    const undoB = succeeded(await edits.delete('x:b')).undo
    succeeded(await edits.move('x:a', null))
    succeeded(await edits.undoDelete(undoB))
    expect(keysOf(store.state)).toEqual(['x:c', 'x:d', 'x:a', 'x:b'])
    const undoC = succeeded(await edits.delete('x:c')).undo
    succeeded(await edits.add({ key: 'x:new', binName: '/x' }, {}))
    succeeded(await edits.undoDelete(undoC))
    expect(keysOf(store.state)).toEqual(['x:c', 'x:d', 'x:a', 'x:b', 'x:new'])
  })

  it('cannot be undone once the key is taken, until it is free again', async () => {
    const { edits, text } = await editWorld(FILE)
    const { undo } = succeeded(await edits.delete('demo:one'))
    succeeded(await edits.add({ key: 'Demo:One'.toLowerCase(), preset: 'demo' }, {}))
    expect(await edits.undoDelete(undo)).toMatchObject(failed('key-taken', 'demo:one'))
    succeeded(await edits.delete('demo:one'))
    succeeded(await edits.undoDelete(undo))
    expect(text()).toBe(FILE)
  })

  it('is remembered for the last 20', async () => {
    const services = Array.from({ length: 21 }, (_, n) => ({ key: `x:n${n}`, binName: '/x' }))
    const { edits, store } = await editWorld(JSON.stringify({ version: 1, services }))
    const undos: number[] = []
    for (const { key } of services) undos.push(succeeded(await edits.delete(key)).undo)
    expect(await edits.undoDelete(undos[0] ?? 0)).toMatchObject(failed('no-undo'))
    for (const undo of undos.slice(1)) succeeded(await edits.undoDelete(undo))
    expect(keysOf(store.state).sort()).toEqual(
      services
        .slice(1)
        .map(({ key }) => key)
        .sort(),
    )
  })
})

describe('a wrong entry', () => {
  it('is never written, and each problem has its place in it', async () => {
    const world = await editWorld(FILE)
    const entry = { key: 'demo:new', preset: 'demo', args: { port: 70_000 }, autostart: true, env: { TOKEN: 5 } }
    const result = await world.edits.add(entry, {})
    expect(result).toEqual({
      ok: false,
      failure: {
        code: 'bad-entry',
        message: 'args.port: expected a whole number from 1 to 65535, got 70000 (and 2 more)',
        hint: 'Correct it.',
        fields: [
          { path: ['args', 'port'], message: 'expected a whole number from 1 to 65535, got 70000' },
          { path: ['autostart'], message: 'unknown key; did you mean "autoStart"?' },
          {
            path: ['env', 'TOKEN'],
            message: 'expected a text in double quotes, got a number; write it in double quotes',
          },
        ],
      },
    })
    expect(world.text()).toBe(FILE)
  })

  it.each([
    ['no key', { preset: 'demo' }, /^is missing|key/],
    ['a key that is none', { key: 5, preset: 'demo' }, /^key: /],
    ['a preset that is none', { key: 'demo:new', preset: 'demi' }, /^preset: expected one of .* did you mean "demo"/],
    ['no program', { key: 'x:new' }, /^binName: is missing/],
    ['a relative folder', { key: 'demo:new', preset: 'demo', cwd: 'models' }, /^cwd: expected an absolute path/],
    ['itself as what it waits for', { ...NEW, after: ['demo:new'] }, /^after\[0\]: these services wait for each other/],
    ['a service that is not there', { ...NEW, after: ['demo:tow'] }, /^after\[0\]: .* did you mean "demo:two"/],
    ['a dangerous key', JSON.parse('{"key": "demo:new", "preset": "demo", "env": {"__proto__": "x"}}'), /not allowed/],
    ['a secret twice', { ...NEW, secrets: ['A', 'A'] }, /^secrets\[1\]: A is given twice; keep one$/],
    ['a secret that is also in env', { ...NEW, secrets: ['A'], env: { A: '' } }, /^secrets\[0\]: A is also in "env"/],
    ['a secret that sets the address', { key: 'a:b', preset: 'ollama', secrets: ['OLLAMA_HOST'] }, /comes from "host"/],
    ['a value in place of a name', { ...NEW, secrets: ['sk-very-secret'] }, /^secrets\[0\]: must be the name[^-]*$/],
  ])('with %s is refused', async (_what, entry, message) => {
    const world = await editWorld(FILE)
    expect(await world.edits.add(entry, {})).toMatchObject(failed('bad-entry', message))
    const of = await revision(world, 'demo:one')
    if (entry.key === 'demo:new') {
      const after = 'after' in entry && entry.after[0] === 'demo:new' ? { after: ['demo:one'] } : {}
      const changed = await world.edits.change('demo:one', of, { ...entry, key: 'demo:one', ...after }, {})
      expect(changed).toMatchObject(failed('bad-entry', message))
    }
    expect(world.text()).toBe(FILE)
  })

  it('that closes a circle is refused as what it waits for, wherever the circle begins', async () => {
    const world = await editWorld(FILE)
    const entry = { key: 'demo:two', preset: 'demo', after: ['demo:three'] }
    const result = await world.edits.change('demo:two', await revision(world, 'demo:two'), entry, {})
    expect(result).toMatchObject(failed('bad-entry', /^after(\[0\])?: these services wait for each other/))
  })

  it('that would take a key is refused, also in another case', async () => {
    const world = await editWorld(FILE)
    for (const key of ['demo:one', 'demo:ONE']) {
      expect(await world.edits.add({ ...NEW, key }, {})).toMatchObject(failed('key-taken', key))
    }
  })

  it('that makes the file too large to be read again is refused', async () => {
    const world = await editWorld(FILE)
    const entry = { ...NEW, env: { LONG: 'x'.repeat(1024 * 1024) } }
    expect(await world.edits.add(entry, {})).toMatchObject(failed('too-large'))
    expect(world.text()).toBe(FILE)
  })
})

describe('the file on disk', () => {
  const everything = (world: EditWorld) => [
    world.edits.entry('demo:one'),
    world.edits.add(NEW, {}),
    world.edits.change('demo:one', 'x', { key: 'demo:one', preset: 'demo' }, {}),
    world.edits.duplicate('demo:one'),
    world.edits.move('demo:one', null),
    world.edits.delete('demo:one'),
  ]

  it('is not touched while it has problems, and they are told', async () => {
    const world = await editWorld(FILE)
    const broken = FILE.replace('"version":1,', '"version":1, // one')
    world.save(broken)
    for (const result of await Promise.all(everything(world))) {
      expect(result).toMatchObject(
        failed('config-broken', /^services\.json has a problem.*comments are not allowed here.*\(line 3\)/),
      )
    }
    expect(world.text()).toBe(broken)
    expect(world.store.state.problems).toHaveLength(1)
    expect(keysOf(world.store.state)).toHaveLength(3)
  })

  it('is not created again if it was deleted', async () => {
    const world = await editWorld(FILE)
    rmSync(world.file)
    for (const result of await Promise.all(everything(world)))
      expect(result).toMatchObject(failed('config-broken', 'deleted'))
    expect(readdirSync(world.directory)).not.toContain('services.json')
  })

  it('is the one that is changed, however long ago it was saved by somebody else', async () => {
    const world = await editWorld(FILE)
    world.save(FILE.replace('"One"', '"First"'))
    succeeded(await world.edits.add(NEW, {}))
    expect(world.text()).toContain('"First"')
    expect(world.text()).toContain('demo:new')
  })

  it('refuses the change of an entry that somebody else has changed meanwhile, and keeps theirs', async () => {
    const world = await editWorld(FILE)
    const of = await revision(world, 'demo:one')
    const theirs = FILE.replace('"One"', '"First"')
    world.save(theirs)
    const entry = { key: 'demo:one', preset: 'demo', name: 'Mine' }
    expect(await world.edits.change('demo:one', of, entry, {})).toMatchObject(failed('config-changed'))
    expect(world.text()).toBe(theirs)
    // What is on disk now was seen, and may be replaced.
    succeeded(await world.edits.change('demo:one', await revision(world, 'demo:one'), entry, {}))
    expect(world.text()).toContain('Mine')
    world.save(FILE.replace(`${ONE},`, ''))
    expect(await world.edits.change('demo:one', of, entry, {})).toMatchObject(failed('no-such-entry'))
  })

  it('takes a change of one entry while another one was changed by somebody else', async () => {
    const world = await editWorld(FILE)
    const of = await revision(world, 'demo:one')
    world.save(FILE.replace('9001', '9002'))
    succeeded(await world.edits.change('demo:one', of, { key: 'demo:one', preset: 'demo', name: 'Mine' }, {}))
    expect(world.text()).toBe(FILE.replace('9001', '9002').replace('"One"', '"Mine"'))
  })

  it('keeps its byte order mark', async () => {
    const world = await editWorld(`\uFEFF${FILE}`)
    succeeded(await world.edits.add(NEW, {}))
    expect(world.text().startsWith('\uFEFF{\n')).toBe(true)
    expect(world.text().slice(1)).not.toContain('\uFEFF')
  })

  it.skipIf(process.platform === 'win32')('is readable by its owner only, and nothing is left beside it', async () => {
    const world = await editWorld(FILE)
    chmodSync(world.file, 0o644)
    succeeded(await world.edits.add(NEW, {}))
    expect(statSync(world.file).mode & 0o777).toBe(0o600)
    expect(readdirSync(world.directory).sort()).toEqual(['services.json', 'services.last-good.json'])
    expect(readFileSync(join(world.directory, 'services.last-good.json'), 'utf8')).toBe(world.text())
  })

  it.skipIf(process.platform === 'win32')('stays a link if it is one, and its target is changed', async () => {
    const world = await editWorld(FILE)
    const elsewhere = join(world.directory, 'dotfiles')
    mkdirSync(elsewhere)
    renameSync(world.file, join(elsewhere, 'mine.json'))
    symlinkSync(join('dotfiles', 'mine.json'), world.file)
    succeeded(await world.edits.add(NEW, {}))
    expect(lstatSync(world.file).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(elsewhere, 'mine.json'), 'utf8')).toContain('demo:new')
    expect(readdirSync(elsewhere)).toEqual(['mine.json'])
  })

  it.skipIf(process.platform === 'win32')('that cannot be written stays, and says why', async () => {
    const world = await editWorld(FILE)
    // So long that there is no name for the new file beside it.
    const target = join(world.directory, 'x'.repeat(250))
    renameSync(world.file, target)
    symlinkSync(target, world.file)
    const result = await world.edits.add({ ...NEW, secrets: ['A'] }, { A: 'x' })
    expect(result).toMatchObject(failed('not-saved', /^services\.json could not be written: ENAMETOOLONG/))
    expect(world.text()).toBe(FILE)
    expect(keysOf(world.store.state)).toHaveLength(3)
    expect(await world.secrets.storedNames('demo:new')).toEqual([])
  })
})

describe('a file that is saved by another program at the very moment', () => {
  it('is changed anew from what is there then', async () => {
    const { store, save, text } = await editWorld(FILE)
    let calls = 0
    const result = await store.edit(async ({ text: before }) => {
      calls += 1
      if (calls === 1) save(FILE.replace('"One"', '"Theirs"'))
      return { ok: true, value: { text: before.replace('9001', '9002'), index: null, value: calls } }
    })
    expect(result).toEqual({ ok: true, value: 2 })
    expect(text()).toBe(FILE.replace('"One"', '"Theirs"').replace('9001', '9002'))
  })

  it('also when that happens after everything was prepared', async () => {
    const { store, save, text } = await editWorld(FILE)
    let calls = 0
    const change = async ({ text: before }: { text: string }) =>
      ({ ok: true, value: { text: before.replace('9001', '9002'), index: null, value: null } }) as const
    const result = await store.edit(change, async () => {
      calls += 1
      if (calls === 1) save(FILE.replace('"One"', '"Theirs"'))
      return { ok: true, value: null }
    })
    expect(result.ok).toBe(true)
    expect(calls).toBe(2)
    expect(text()).toBe(FILE.replace('"One"', '"Theirs"').replace('9001', '9002'))
  })

  it('again and again is left to that program', async () => {
    const { store, save, text } = await editWorld(FILE)
    let calls = 0
    const result = await store.edit(async ({ text: before }) => {
      calls += 1
      save(`${FILE}${'\n'.repeat(calls)}`)
      return { ok: true, value: { text: before.replace('9001', '9002'), index: null, value: null } }
    })
    expect(result).toMatchObject(failed('config-changed'))
    expect(text()).toBe(`${FILE}${'\n'.repeat(calls)}`)
  })

  it('or deleted by it stays deleted', async () => {
    const { store, file } = await editWorld(FILE)
    const result = await store.edit(async ({ text: before }) => {
      rmSync(file, { force: true })
      return { ok: true, value: { text: before.replace('9001', '9002'), index: null, value: null } }
    })
    expect(result).toMatchObject(failed('config-broken', 'deleted'))
    expect(readdirSync(dirname(file))).not.toContain('services.json')
  })
})

describe('those who watch', () => {
  it('hear of a change before it is answered, and once', async () => {
    const { edits, store, save } = await editWorld(FILE)
    const heard: ConfigState[] = []
    const watching = store.watch((state) => heard.push(state), { debounceMs: 1 })
    succeeded(await edits.add(NEW, {}))
    expect(heard.map(keysOf)).toEqual([['demo:one', 'demo:two', 'demo:three', 'demo:new']])
    succeeded(await edits.delete('demo:new'))
    expect(heard).toHaveLength(2)
    expect(heard.at(-1)).toBe(store.state)
    // Somebody else's change is the next thing that is heard of: the events of our own came to nothing.
    save(FILE.replace('"One"', '"Theirs"'))
    await waitFor(() => heard.at(-1)?.definitions[0]?.name === 'Theirs', { what: 'their change' })
    expect(heard).toHaveLength(3)
    watching.dispose()
    succeeded(await edits.add(NEW, {}))
    expect(heard).toHaveLength(3)
  })

  it('hear of what somebody else has changed, too, if an edit comes first', async () => {
    const { edits, store, save } = await editWorld(FILE)
    const heard: ConfigState[] = []
    const watching = store.watch((state) => heard.push(state), { debounceMs: 60_000 })
    save(`${FILE}// broken`)
    expect(await edits.add(NEW, {})).toMatchObject(failed('config-broken'))
    expect(heard.at(-1)?.problems).toHaveLength(1)
    watching.dispose()
  })
})

describe('secrets', () => {
  const SECRET = { ...NEW, secrets: ['A', 'B'] }

  it('are stored with the entry, and never in services.json', async () => {
    const world = await editWorld(FILE)
    const added = succeeded(await world.edits.add(SECRET, { A: 'very-secret', B: null }))
    expect(added.storedSecrets).toEqual(['A'])
    expect(await world.secrets.valuesOf('demo:new', ['A'])).toEqual({ ok: true, values: { A: 'very-secret' } })
    for (const name of readdirSync(world.directory)) {
      expect(readFileSync(join(world.directory, name), 'utf8')).not.toContain('very-secret')
    }
  })

  it('are added, replaced, kept and removed by a change', async () => {
    const world = await editWorld(FILE)
    const { revision: first } = succeeded(await world.edits.add(SECRET, { A: '1', B: '2' }))
    const values = (...names: string[]) => world.secrets.valuesOf('demo:new', names)
    // Only a value is new: the file is not written, the revision stays.
    const second = succeeded(await world.edits.change('demo:new', first, SECRET, { A: '3' }))
    expect(second).toEqual({ entry: SECRET, revision: first, storedSecrets: ['A', 'B'] })
    expect(await values('A', 'B')).toEqual({ ok: true, values: { A: '3', B: '2' } })
    const third = succeeded(await world.edits.change('demo:new', first, { ...NEW, secrets: ['B', 'C'] }, { C: '4' }))
    expect(third.storedSecrets).toEqual(['B', 'C'])
    expect(await world.secrets.storedNames('demo:new')).toEqual(['B', 'C'])
    succeeded(await world.edits.change('demo:new', third.revision, { ...NEW, secrets: ['B'] }, { B: null }))
    expect(await world.secrets.storedNames('demo:new')).toEqual([])
  })

  it('are copied, deleted and put back with their service', async () => {
    const world = await editWorld(
      FILE.replace('"preset": "demo", "key": "demo:two"', '"binName": "/x", "key": "demo:two"').replace(
        '"args": { "port": 9001 },',
        '',
      ),
    )
    const of = await revision(world, 'demo:two')
    const entry = { binName: '/x', key: 'demo:two', secrets: ['TOKEN'] }
    succeeded(await world.edits.change('demo:two', of, entry, { TOKEN: 'abc' }))
    expect(succeeded(await world.edits.duplicate('demo:two'))).toMatchObject({
      entry: { key: 'demo:two-2' },
      storedSecrets: ['TOKEN'],
    })
    const get = () => world.secrets.valuesOf('demo:two-2', ['TOKEN'])
    const { undo } = succeeded(await world.edits.delete('demo:two-2'))
    expect(await get()).toMatchObject({ ok: false })
    succeeded(await world.edits.undoDelete(undo))
    expect(await get()).toEqual({ ok: true, values: { TOKEN: 'abc' } })
    expect(await world.secrets.valuesOf('demo:two', ['TOKEN'])).toEqual({ ok: true, values: { TOKEN: 'abc' } })
  })

  it('of an entry that was removed by hand do not come back with a new one of its key', async () => {
    const world = await editWorld(FILE)
    succeeded(await world.edits.add(SECRET, { A: 'old' }))
    world.save(FILE)
    expect(succeeded(await world.edits.add(SECRET, { B: 'new' })).storedSecrets).toEqual(['B'])
  })

  it.each([
    ['that the entry does not name', { C: 'x' }, /^secrets\.C: C has a value, but/],
    ['that are empty', { A: '' }, /^secrets\.A: A is empty/],
    ['with a NUL', { A: 'secret\0value' }, /^secrets\.A: A must not contain a NUL character$/],
  ])('%s are refused', async (_what, changes, message) => {
    const world = await editWorld(FILE)
    expect(await world.edits.add(SECRET, changes)).toMatchObject(failed('bad-entry', message))
    expect(await world.secrets.storedNames('demo:new')).toEqual([])
    expect(world.text()).toBe(FILE)
  })

  it('are refused where they cannot be kept safely, and those who have none are not bothered', async () => {
    const world = await editWorld(FILE)
    world.cipher.storage = 'none'
    expect(await world.edits.add(SECRET, { A: 'x' })).toEqual({
      ok: false,
      failure: {
        code: 'no-safe-storage',
        message: 'A cannot be kept as a secret on this machine: there is no keyring.',
        hint: 'Put it into "env" instead: only you can read services.json.',
      },
    })
    expect(world.text()).toBe(FILE)
    succeeded(await world.edits.add(SECRET, { A: null }))
  })

  it('stay as they were if the entry is not saved', async () => {
    const world = await editWorld(FILE)
    const { revision: of } = succeeded(await world.edits.add(SECRET, { A: 'old' }))
    const bad = { ...SECRET, cwd: 'relative' }
    expect(await world.edits.change('demo:new', of, bad, { A: 'new', B: 'new' })).toMatchObject(failed('bad-entry'))
    expect(await world.edits.change('demo:new', 'stale', SECRET, { A: 'new' })).toMatchObject(failed('config-changed'))
    expect(await world.secrets.valuesOf('demo:new', ['A'])).toEqual({ ok: true, values: { A: 'old' } })
    expect(await world.secrets.storedNames('demo:new')).toEqual(['A'])
  })

  it('that are stored when services.json cannot be written are taken back', async () => {
    const world = await editWorld(FILE)
    const seal = world.secrets.put.bind(world.secrets)
    let puts = 0
    world.secrets.put = async (...args) => {
      await seal(...args)
      puts += 1
      // From now on there is a folder in its place.
      if (puts === 1) {
        rmSync(world.file)
        mkdirSync(world.file)
      }
    }
    expect(await world.edits.add(SECRET, { A: 'x' })).toMatchObject(failed('config-broken', 'is a directory'))
    expect(await world.secrets.storedNames('demo:new')).toEqual([])
  })

  it('that are not needed any more go once the entry is saved, not before', async () => {
    const world = await editWorld(FILE)
    const { revision: of } = succeeded(await world.edits.add({ ...NEW, secrets: ['A'] }, { A: '1' }))
    const put = world.secrets.put.bind(world.secrets)
    const steps: string[] = []
    world.secrets.put = async (key, values) => {
      steps.push(`${[...values.keys()].join()} ${world.text().includes('"B"') ? 'after' : 'before'}`)
      await put(key, values)
    }
    succeeded(await world.edits.change('demo:new', of, { ...NEW, secrets: ['B'] }, { B: '2' }))
    expect(steps).toEqual(['A,B before', 'B after'])
  })

  it('that cannot be stored keep the entry from being saved', async () => {
    const world = await editWorld(FILE)
    world.secrets.put = () => Promise.reject(new Error('ENOSPC: no space left on device'))
    expect(await world.edits.add(SECRET, { A: 'x' })).toMatchObject(
      failed('not-saved', /^secrets\.json could not be written: ENOSPC/),
    )
    expect(world.text()).toBe(FILE)
  })
})

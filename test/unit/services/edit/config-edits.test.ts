import { statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { editWorld, keysOf, succeeded } from '../../../support/edit-world.ts'
import { FILE, failed, NEW, ONE, revision, THREE, TWO } from '../../../support/edited-file.ts'

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

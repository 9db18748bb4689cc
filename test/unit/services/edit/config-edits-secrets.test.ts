import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { editWorld, succeeded } from '../../../support/edit-world.ts'
import { FILE, failed, NEW, revision } from '../../../support/edited-file.ts'

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

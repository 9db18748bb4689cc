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
import { FILE, failed, NEW, ONE, revision } from '../../../support/edited-file.ts'
import { waitFor } from '../../../support/wait-for.ts'

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

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rawAt } from '../../../../src-main/services/edit/json-edit.ts'
import { parseServices } from '../../../../src-main/services/parse-services.ts'
import { presets } from '../../../../src-main/services/presets/presets.ts'
import { type EditWorld, editWorld, keysOf, succeeded } from '../../../support/edit-world.ts'

/** An entry that may be anything that is right, and its secrets. */
const content = fc.record(
  {
    name: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
    args: fc.record(
      {
        host: fc.constantFrom('127.0.0.1', '::1'),
        extraArgs: fc.array(fc.constantFrom('-m', '"x"', '{', ']', '\n'), { maxLength: 4 }),
      },
      { requiredKeys: [] },
    ),
    env: fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('', ',', '}', 'über')),
    secrets: fc.uniqueArray(fc.constantFrom('S', 'T')),
    stop: fc.record({ graceSeconds: fc.constantFrom(0, 1.5, 60) }, { requiredKeys: [] }),
    autoStart: fc.boolean(),
  },
  { requiredKeys: [] },
)
const pick = fc.nat()
const value = fc.constantFrom('one', 'two', null)

const operation = fc.oneof(
  fc.record({ type: fc.constant('add' as const), content, value }),
  fc.record({ type: fc.constant('change' as const), pick, content, value }),
  fc.record({ type: fc.constant('duplicate' as const), pick }),
  fc.record({ type: fc.constant('move' as const), pick, before: pick }),
  fc.record({ type: fc.constant('delete' as const), pick }),
  fc.record({ type: fc.constant('undo' as const), pick }),
  // Another program lays the file out anew.
  fc.record({ type: fc.constant('layout' as const), indent: fc.constantFrom(undefined, 1, 4, '\t') }),
)

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

type Entry = Record<string, unknown> & { key: string }

/** What the file should hold, as plainly as possible. */
interface Model {
  list: Entry[]
  /** By key, then by name. */
  readonly secrets: Map<string, Map<string, string>>
  readonly deleted: {
    readonly id: number
    readonly entry: Entry
    readonly index: number
    readonly around: string[]
    readonly values: Map<string, string>
  }[]
  added: number
}

const named = (entry: Entry) => (entry.secrets ?? []) as string[]

/** Carries an operation out, on the world and on the model. Gives the keys of the entries whose text may be another one. */
async function carryOut(op: Operation, world: EditWorld, model: Model): Promise<string[] | 'all'> {
  const { edits } = world
  const chosen = 'pick' in op && model.list.length > 0 ? op.pick % model.list.length : -1
  const entry = model.list[chosen]
  switch (op.type) {
    case 'add': {
      model.added += 1
      const added: Entry = { key: `x:n${model.added}`, binName: '/x', ...op.content }
      const changes = Object.fromEntries(named(added).map((name) => [name, op.value]))
      succeeded(await edits.add(added, changes))
      model.list.push(added)
      model.secrets.set(
        added.key,
        new Map(named(added).flatMap((name) => (op.value === null ? [] : [[name, op.value]]))),
      )
      return [added.key]
    }
    case 'change': {
      if (entry === undefined) return []
      const { revision } = succeeded(await edits.entry(entry.key))
      const changed: Entry = { ...op.content, binName: '/y', key: entry.key }
      // The first of its secrets gets a value, or loses it; others stay as they are.
      const [first] = named(changed)
      succeeded(await edits.change(entry.key, revision, changed, first === undefined ? {} : { [first]: op.value }))
      model.list[chosen] = changed
      const values = model.secrets.get(entry.key) ?? new Map<string, string>()
      model.secrets.set(entry.key, values)
      for (const name of [...values.keys()]) if (!named(changed).includes(name)) values.delete(name)
      if (first !== undefined && op.value !== null) values.set(first, op.value)
      if (first !== undefined && op.value === null) values.delete(first)
      return [entry.key]
    }
    case 'duplicate': {
      if (entry === undefined) return []
      const { entry: copy } = succeeded(await edits.duplicate(entry.key))
      const key = String(copy.key)
      const { autoStart: _autoStart, ...rest } = entry
      expect(model.list.map((other) => other.key)).not.toContain(key)
      model.list.splice(chosen + 1, 0, { ...rest, key, ...(entry.name === undefined ? {} : { name: copy.name }) })
      model.secrets.set(key, new Map(model.secrets.get(entry.key)))
      return [key]
    }
    case 'move': {
      if (entry === undefined) return []
      const before = model.list[op.before % (model.list.length + 1)]
      succeeded(await edits.move(entry.key, before?.key ?? null))
      if (before === entry) return []
      model.list.splice(chosen, 1)
      model.list.splice(before === undefined ? model.list.length : model.list.indexOf(before), 0, entry)
      return []
    }
    case 'delete': {
      if (entry === undefined) return []
      const around = [model.list[chosen - 1]?.key ?? '', model.list[chosen + 1]?.key ?? '']
      const { undo } = succeeded(await edits.delete(entry.key))
      model.deleted.push({ id: undo, entry, index: chosen, around, values: model.secrets.get(entry.key) ?? new Map() })
      model.list.splice(chosen, 1)
      model.secrets.delete(entry.key)
      return [entry.key]
    }
    case 'undo': {
      const [undone] = model.deleted.splice(op.pick % Math.max(1, model.deleted.length), 1)
      if (undone === undefined) return []
      const result = await edits.undoDelete(undone.id)
      if (model.list.some(({ key }) => key === undone.entry.key)) {
        expect(result).toMatchObject({ ok: false, failure: { code: 'key-taken' } })
        return []
      }
      succeeded(result)
      const keys = model.list.map(({ key }) => key)
      const [previous, next] = undone.around.map((key) => keys.indexOf(key))
      const place =
        previous !== -1 ? Number(previous) + 1 : next !== -1 ? Number(next) : Math.min(undone.index, keys.length)
      model.list.splice(place, 0, undone.entry)
      model.secrets.set(undone.entry.key, undone.values)
      return [undone.entry.key]
    }
    case 'layout':
      world.save(JSON.stringify(JSON.parse(world.text()), null, op.indent))
      return 'all'
  }
}

const piecesOf = (text: string) => {
  const { services } = JSON.parse(text) as { services: Entry[] }
  return new Map(services.map(({ key }, index) => [key, rawAt(text, ['services', index])]))
}

const START = `{
  "services": [
    { "binName": "/x",
      "key": "x:first"}, {"key":"x:second", "binName":"/x"}
  ], "version": 1 }`

it('any sequence of changes leaves what it should, and the rest of the file as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 14 }), async (operations) => {
      const world = await editWorld(START)
      const model: Model = { list: JSON.parse(START).services, secrets: new Map(), deleted: [], added: 0 }
      for (const op of operations) {
        const before = piecesOf(world.text())
        const touched = await carryOut(op, world, model)
        const text = world.text()
        expect(JSON.parse(text)).toEqual({ services: model.list, version: 1 })
        expect(parseServices(text, world.file, presets)).toMatchObject({ ok: true })
        const pieces = piecesOf(text)
        for (const [key, piece] of before) {
          if (touched !== 'all' && !touched.includes(key)) expect(pieces.get(key)).toBe(piece)
        }
        if (touched !== 'all') expect(keysOf(world.store.state)).toEqual(model.list.map(({ key }) => key))
        for (const { key } of model.list) {
          const expected = Object.fromEntries(model.secrets.get(key) ?? [])
          expect(await world.secrets.valuesOf(key, Object.keys(expected))).toEqual({ ok: true, values: expected })
          expect((await world.secrets.storedNames(key)).length).toBe(Object.keys(expected).length)
        }
      }
      expect(world.warnings).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 60_000)

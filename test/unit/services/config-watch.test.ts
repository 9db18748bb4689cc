import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigState } from '../../../src-main/services/config-state.ts'
import type { ConfigStore } from '../../../src-main/services/config-store.ts'
import type { WatchOptions } from '../../../src-main/services/config-watch.ts'
import { waitFor } from '../../support/wait-for.ts'
import { goodFile, storeIn, temporaryDirectory, writeServices } from './config-fixture.ts'

const noWatch: WatchOptions = {
  pollMs: 20,
  watchDirectory: () => {
    throw new Error('this system cannot watch')
  },
}

let temporary: ReturnType<typeof temporaryDirectory>
let directory: string
let store: ConfigStore
let states: ConfigState[]
let disposables: { dispose(): void }[]

beforeEach(async () => {
  temporary = temporaryDirectory()
  directory = join(temporary.path, 'config')
  mkdirSync(directory)
  writeServices(directory, goodFile('demo:one'))
  store = storeIn(directory)
  states = []
  disposables = []
  await store.load()
})

afterEach(() => {
  for (const disposable of disposables) {
    disposable.dispose()
  }
  temporary.remove()
})

function watch(options?: WatchOptions) {
  const watching = store.watch((state) => states.push(state), options)
  disposables.push(watching)
  return watching
}

/** Waits for a state with these services. */
const toSee = (...keys: string[]) =>
  waitFor(
    () =>
      states
        .at(-1)
        ?.entries.map(({ key }) => key)
        .join() === keys.join() && states.at(-1),
    { what: `the services ${keys.join()}` },
  )

const toSeeProblem = (pattern: RegExp) =>
  waitFor(() => states.at(-1)?.problems.some(({ message }) => pattern.test(message)) && states.at(-1), {
    what: `a problem like ${pattern}`,
  })

describe.each([
  ['fs.watch', undefined],
  ['polling', noWatch],
])('watching by %s', (_name, options) => {
  it('sees a file written in place, replaced, broken, deleted and put back', async () => {
    watch(options)
    writeServices(directory, goodFile('demo:one', 'demo:two'))
    await toSee('demo:one', 'demo:two')

    writeFileSync(join(directory, 'editor.tmp'), goodFile('demo:three'))
    renameSync(join(directory, 'editor.tmp'), join(directory, 'services.json'))
    await toSee('demo:three')

    writeServices(directory, '{"version": 1, "services": [')
    const broken = await toSeeProblem(/ends too early/)
    expect(broken.entries.map(({ key }) => key)).toEqual(['demo:three'])

    rmSync(join(directory, 'services.json'))
    const deleted = await toSeeProblem(/was deleted/)
    expect(deleted.entries.map(({ key }) => key)).toEqual(['demo:three'])

    writeServices(directory, goodFile('demo:four'))
    const last = await toSee('demo:four')
    expect(last.problems).toEqual([])
    expect(store.state).toBe(last)
  })
})

it('sees what changed between load and watch', async () => {
  writeServices(directory, goodFile('demo:two'))
  watch()
  await toSee('demo:two')
})

it('announces each state once, and nothing for a file saved unchanged', async () => {
  watch()
  writeServices(directory, goodFile('demo:two'))
  writeServices(directory, goodFile('demo:two'))
  await toSee('demo:two')
  writeServices(directory, goodFile('demo:two'))
  writeFileSync(join(directory, 'other.json'), 'not ours')
  writeServices(directory, goodFile('demo:three'))
  await toSee('demo:three')
  expect(states).toHaveLength(2)
})

it('says nothing more after it was disposed of', async () => {
  const first = watch()
  const others: ConfigState[] = []
  disposables.push(store.watch((state) => others.push(state)))
  first.dispose()
  writeServices(directory, goodFile('demo:two'))
  await waitFor(() => others.length > 0, { what: 'the other listener' })
  expect(states).toEqual([])
})

it('goes on after the directory was replaced', async () => {
  watch({ pollMs: 20 })
  renameSync(directory, `${directory}.old`)
  await toSeeProblem(/was deleted/)
  mkdirSync(directory)
  writeServices(directory, goodFile('demo:two'))
  await toSee('demo:two')
})

it.skipIf(process.platform === 'win32')('follows a link to a file somewhere else', async () => {
  const target = join(temporary.path, 'dotfiles.json')
  writeFileSync(target, goodFile('demo:two'))
  rmSync(join(directory, 'services.json'))
  symlinkSync(target, join(directory, 'services.json'))
  watch({ pollMs: 20 })
  await toSee('demo:two')
  writeFileSync(target, goodFile('demo:two', 'demo:three'))
  await toSee('demo:two', 'demo:three')
})

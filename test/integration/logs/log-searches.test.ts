import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { LogSpan } from '../../../src-main/logs/engine/log-queries.ts'
import { type FoundRows, LogSearches } from '../../../src-main/logs/log-searches.ts'
import { StreamStore } from '../../../src-main/logs/store/stream-store.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

const EXTENT = { epoch: 1, firstRow: 0, endRow: 4, sizeBytes: 0, counting: null, moved: null }
const PATTERN = { text: 'needle', isPattern: false, matchCase: true, wholeWord: false }

it('searches what is left of a log whose beginning is removed before it was searched', async () => {
  const folder = temporaryDirectory()
  const old = 'needle 0\nhay\n'
  const young = 'hay\nneedle 3\n'
  const store = new StreamStore(folder, 'stdout', { warn: (message) => expect.unreachable(message) })
  writeFileSync(join(folder, 'stdout.log'), old)
  await store.rotate({ quiesce: null })
  writeFileSync(join(folder, 'stdout.log'), young)
  store.look()
  await store.removeOldest()
  const end = old.length + young.length
  // As the reader sees it: not noticed yet at first, known from the third question on.
  let questions = 0
  const spans = (): LogSpan[] => {
    questions += 1
    return questions < 3
      ? [{ stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: end }]
      : [{ stream: 'stdout', fromOffset: old.length, fromLine: 2, toOffset: end }]
  }
  const searches = new LogSearches({
    reader: {
      spans: () => Promise.resolve(spans()),
      rowsOf: (_key, _view, _epoch, _stream, lines) => Promise.resolve([...lines]),
    },
    entry: join(import.meta.dirname, '../../../src-main/logs/search/search-worker.ts'),
    folderOf: () => folder,
  })
  onTestFinished(() => searches.dispose())
  const found: FoundRows[] = []
  const view = { key: 'a:b', view: 'stdout' } as const
  searches.start({ ...view, extent: EXTENT }, PATTERN, (rows) => found.push(rows))
  await waitFor(() => questions === 2, { what: 'the loss to be noticed' })
  expect(found.flatMap(({ rows }) => rows)).toEqual([])
  searches.changed({ ...view, ...EXTENT })
  await waitFor(() => found.at(-1)?.rows.length === 1, { what: 'the match that is left' })
  expect(found.flatMap(({ rows }) => rows)).toEqual([3])
})

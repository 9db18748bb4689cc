import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  connectedSegments,
  NO_SEGMENTS,
  parseSegments,
  type Segments,
  withArchives,
  withRotationDone,
  withRotationUndone,
} from '../../../../src-main/logs/store/segments.ts'

const segments: Segments = {
  version: 1,
  generation: 'g',
  start: 100,
  isTruncating: false,
  archives: [
    { start: 60, bytes: 40 },
    { start: 50, bytes: 10 },
    { start: 10, bytes: 20 },
  ],
  rotating: null,
}
const rotating = { start: 100, bytes: 7, moves: 2, by: 'copy' } as const
const pending: Segments = { ...segments, start: 107, isTruncating: true, rotating }

describe('segments.json', () => {
  it.each([NO_SEGMENTS, segments, pending])('is understood as it was written', (written) => {
    expect(parseSegments(JSON.stringify(written))).toEqual(written)
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{"version":1'],
    ['null', 'null'],
    ['another version', JSON.stringify({ ...segments, version: 2 })],
    ['no generation', JSON.stringify({ ...segments, generation: '' })],
    ['an endless generation', JSON.stringify({ ...segments, generation: 'x'.repeat(65) })],
    ['a negative start', JSON.stringify({ ...segments, start: -1, archives: [] })],
    ['a start that is no number', JSON.stringify({ ...segments, start: '100' })],
    ['a broken start', JSON.stringify({ ...segments, start: 100.5 })],
    ['no word on truncating', JSON.stringify({ ...segments, isTruncating: undefined })],
    ['no archives', JSON.stringify({ ...segments, archives: undefined })],
    ['an archive of nothing', JSON.stringify({ ...segments, archives: [{ start: 60, bytes: 0 }] })],
    ['an archive that is none', JSON.stringify({ ...segments, archives: [null] })],
    ['archives that overlap', JSON.stringify({ ...segments, archives: [{ start: 60, bytes: 41 }] })],
    ['archives in the wrong order', JSON.stringify({ ...segments, archives: [...segments.archives].reverse() })],
    ['no word on rotating', JSON.stringify({ ...segments, rotating: undefined })],
    ['a rotation by other means', JSON.stringify({ ...pending, rotating: { ...rotating, by: 'magic' } })],
    ['a rotation that moves half a file', JSON.stringify({ ...pending, rotating: { ...rotating, moves: 0.5 } })],
    ['a rotation of what is in an archive', JSON.stringify({ ...pending, rotating: { ...rotating, start: 99 } })],
  ])('with %s is not understood', (_what, text) => {
    expect(parseSegments(text)).toBeNull()
  })

  it('never throws, whatever it holds', () => {
    fc.assert(fc.property(fc.json(), (text) => parseSegments(text) === null))
  })
})

describe('the segments', () => {
  it('after a rotation begin with the new one', () => {
    const archives = [{ start: 100, bytes: 7 }, ...segments.archives.slice(0, 2)]
    // The third had no file, so the second came to lie there.
    expect(withRotationDone(pending)).toEqual({ ...segments, start: 107, archives })
    const all = { ...pending, rotating: { ...rotating, moves: 3 } }
    expect(withRotationDone(all).archives).toEqual([{ start: 100, bytes: 7 }, ...segments.archives])
    expect(withRotationDone(segments)).toBe(segments)
  })

  it('after a rotation that was not to be are as before', () => {
    expect(withRotationUndone(pending)).toEqual(segments)
    expect(withRotationUndone(segments)).toBe(segments)
  })

  it('without the oldest archives end earlier', () => {
    expect(withArchives(segments, 1).archives).toEqual(segments.archives.slice(0, 1))
    expect(withArchives(segments, 3)).toBe(segments)
  })

  it('are connected as far as no byte is missing', () => {
    expect(connectedSegments(pending).map(({ index }) => index)).toEqual([-1, 0, 1])
    expect(connectedSegments({ ...segments, start: 101 })).toEqual([])
  })
})

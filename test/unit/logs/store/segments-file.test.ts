import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NO_SEGMENTS } from '../../../../src-main/logs/store/segments.ts'
import { identifySegments, lookAtSegments, SegmentsFile } from '../../../../src-main/logs/store/segments-file.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

describe('segments.json', () => {
  it('has an identity of its own for each version, however fast they follow each other', async () => {
    const path = join(temporaryDirectory(), 'stdout.segments.json')
    const identities = new Set([identifySegments(path)])
    for (let start = 100; start < 200; start += 1) {
      // As by several runs of the app within a millisecond.
      const file = new SegmentsFile(path)
      file.read()
      file.write({ ...NO_SEGMENTS, start })
      identities.add(file.read().identity)
    }
    expect(identities.size).toBe(101)
  })

  it('is read again only if it is another one', async () => {
    const path = join(temporaryDirectory(), 'stdout.segments.json')
    const missing = lookAtSegments(path, null)
    expect(missing.segments).toBe(NO_SEGMENTS)
    expect(lookAtSegments(path, missing)).toBe(missing)
    const file = new SegmentsFile(path)
    file.write({ ...NO_SEGMENTS, start: 1 })
    const first = lookAtSegments(path, missing)
    expect(first).toEqual(file.read())
    expect(first.segments.start).toBe(1)
    expect(lookAtSegments(path, first)).toBe(first)
    writeFileSync(path, 'nonsense')
    expect(lookAtSegments(path, first)).toMatchObject({ segments: NO_SEGMENTS, isCorrupt: true })
  })
})

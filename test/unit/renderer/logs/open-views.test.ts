import { expect, it } from 'vitest'
import { holdView, releaseView } from '../../../../src-renderer/features/logs/rows/open-views.ts'

it('a view is closed by the last of those who show it, each view for itself', () => {
  holdView('a:b', 'merged')
  holdView('a:b', 'merged')
  holdView('a:b', 'stdout')
  expect(releaseView('a:b', 'stdout')).toBe(true)
  expect(releaseView('a:b', 'merged')).toBe(false)
  expect(releaseView('a:b', 'merged')).toBe(true)
  expect(releaseView('a:b', 'merged')).toBe(true)
})

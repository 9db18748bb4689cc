import { beforeEach } from 'vitest'
import { isWine } from '../support/wine.ts'
import { findDifference } from './known-differences.ts'

if (isWine) {
  beforeEach(({ task, skip }) => {
    const known = findDifference(task.file.name, task.fullTestName)
    if (known !== null) skip(known.reason)
  })
}

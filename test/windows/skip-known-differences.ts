import { beforeEach } from 'vitest'
import { findDifference } from './known-differences.ts'

// Set by `npm run test:windows` where Windows is Wine.
if (process.env.AGENTOS_TEST_WINE !== undefined) {
  beforeEach(({ task, skip }) => {
    const known = findDifference(task.file.name, task.fullTestName)
    if (known !== null) skip(known.reason)
  })
}

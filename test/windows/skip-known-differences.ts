import { beforeEach } from 'vitest'
import { knownDifferences } from './known-differences.ts'

// Set by `npm run test:windows` where Windows is Wine.
if (process.env.AGENTOS_TEST_WINE !== undefined) {
  beforeEach(({ task, skip }) => {
    const reason = knownDifferences[task.fullTestName]
    if (reason !== undefined) skip(reason)
  })
}

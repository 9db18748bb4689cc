import type { Reporter, TestModule } from 'vitest/node'
import { findDifference, knownDifferences } from './known-differences.ts'

/** Says at the end which tests were skipped as known differences of Wine, and fails the run if one of these is no test. */
export default class DifferencesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped: string[] = []
    for (const module of modules) {
      const file = module.relativeModuleId
      const tests = new Set<string>()
      for (const test of module.children.allTests()) {
        tests.add(test.fullName)
        const known = findDifference(file, test.fullName)
        if (known !== null && test.result().state === 'skipped') skipped.push(`${known.test}: ${known.reason}`)
      }
      if (tests.size > 0) refuseUnknown(file, tests)
    }
    if (skipped.length > 0) say(`Skipped, since Wine differs from Windows:\n${skipped.join('\n')}`)
  }
}

/** A test that was renamed would otherwise stay excused for ever. */
function refuseUnknown(file: string, tests: ReadonlySet<string>): void {
  for (const known of knownDifferences) {
    if (known.file !== file || tests.has(known.test)) continue
    say(`test/windows/known-differences.ts names "${known.test}", which is no test in ${file}.`)
    process.exitCode = 1
  }
}

const say = (text: string) => process.stdout.write(`${text}\n`)

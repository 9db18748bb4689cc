import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'
import { findDifference, knownDifferences } from './known-differences.ts'

/**
 * Says at the end which tests were skipped: those of other systems by file, and the known differences of Wine with their
 * reasons. Fails the run if one of these is no test.
 */
export default class DifferencesReporter implements Reporter {
  #picksTests = false

  onInit({ config }: Vitest): void {
    this.#picksTests = config.testNamePattern !== undefined
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const others: string[] = []
    const skipped: string[] = []
    for (const module of modules) {
      const file = module.relativeModuleId
      const tests = [...module.children.allTests()]
      if (tests.length > 0) refuseUnknown(file, new Set(tests.map(({ fullName }) => fullName)))
      const known = tests.flatMap((test) => (isSkipped(test) ? (findDifference(file, test.fullName) ?? []) : []))
      skipped.push(...known.map(({ test, reason }) => `${file}: ${test}: ${reason}`))
      const count = tests.filter(isSkipped).length - known.length
      if (count > 0) others.push(`${file}: ${count === tests.length ? 'all' : `${count} of`} ${tests.length}`)
    }
    // With a name to look for, what has another name counts as skipped as well.
    if (others.length > 0 && !this.#picksTests) {
      say(
        `Skipped, since they are about what only other systems, other users or other rights have:\n${others.join('\n')}`,
      )
    }
    if (skipped.length > 0) say(`Skipped, since Wine differs from Windows:\n${skipped.join('\n')}`)
  }
}

const isSkipped = (test: TestCase) => test.result().state === 'skipped'

/** A test that was renamed would otherwise stay excused for ever. */
function refuseUnknown(file: string, tests: ReadonlySet<string>): void {
  for (const known of knownDifferences) {
    if (known.file !== file || tests.has(known.test)) continue
    say(`test/windows/known-differences.ts names "${known.test}", which is no test in ${file}.`)
    process.exitCode = 1
  }
}

const say = (text: string) => process.stdout.write(`${text}\n`)

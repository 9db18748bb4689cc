import type { Reporter, TestCase } from 'vitest/node'
import { knownDifferences } from './known-differences.ts'

/** Says at the end which tests were skipped as known differences of Wine, and why. */
export default class DifferencesReporter implements Reporter {
  readonly #skipped: string[] = []

  onTestCaseResult(test: TestCase): void {
    const reason = knownDifferences[test.fullName]
    if (reason !== undefined && test.result().state === 'skipped') this.#skipped.push(`${test.fullName}: ${reason}`)
  }

  onTestRunEnd(): void {
    if (this.#skipped.length === 0) return
    const lines = this.#skipped.map((line) => `  ${line}`)
    process.stdout.write(`Skipped, since Wine is no Windows here:\n${lines.join('\n')}\n`)
  }
}

/** Running vitest and knowing for sure what came of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from './paths.mjs'
import { Interrupted, wasInterrupted } from './processes.mjs'
import { runTool } from './tools.mjs'

/** After a signal, for tests to clean up what they started. */
const CLEAN_END_MS = 10_000

/** @typedef {{passed: number, failed: number, skipped: number, problems: string[]}} Result */

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {(args: string[], env: NodeJS.ProcessEnv) => Promise<number>} [start] runs vitest some other way
 * @returns {Promise<Result>} `problems`: what failed beside single tests, such as a file that cannot be loaded, a crash,
 *   or that nothing ran at all
 * @throws {Interrupted} after a signal
 */
export async function runVitest(args, env, start = startVitest) {
  const folder = mkdtempSync(join(tmpdir(), 'agentos-report-'))
  const report = join(folder, 'vitest.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await start(['run', ...reporters, ...args], env)
    if (wasInterrupted()) throw new Interrupted()
    return judge(code, report)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function startVitest(args, env) {
  return runTool('vitest', 'vitest', args, env, { stdin: 'ignore', killAfterMs: CLEAN_END_MS })
}

function judge(code, reportFile) {
  let report
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'))
  } catch {
    return { passed: 0, failed: 0, skipped: 0, problems: [`vitest (it ended with code ${code} and without a report)`] }
  }
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, testResults } = report
  const problems = testResults.filter(failedAsAWhole).map(({ name }) => `test file ${relative(root, name)}`)
  // Errors outside any test (an unhandled rejection, say) appear nowhere but in the exit code.
  if (code !== 0 && failed + problems.length === 0) problems.push(`vitest (exit code ${code})`)
  if (passed + failed + problems.length === 0) problems.push('vitest (no test ran)')
  return { passed, failed, skipped, problems }
}

/** A file that could not be loaded, or whose hooks failed, without any failed test in it. */
function failedAsAWhole({ status, assertionResults }) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed')
}

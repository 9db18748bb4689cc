/** The static checks, and `npm test`, which is all checks and then the tests. */
import { buildIfStale } from './build.mjs'
import { Interrupted } from './processes.mjs'
import { fail, say } from './say.mjs'
import { endSurvivors, testMarker } from './survivors.mjs'
import { collectTool, runTool } from './tools.mjs'
import { withVirtualDisplay } from './virtual-display.mjs'
import { runVitest } from './vitest.mjs'

/** @typedef {{name: string, tool: [packageName: string, bin: string, args: string[]]}} Check */
/** @type {Check[]} */
const LINT = [
  { name: 'biome', tool: ['@biomejs/biome', 'biome', ['check', '.']] },
  { name: 'knip', tool: ['knip', 'knip', []] },
]
/** @type {Check} */
const TYPECHECK = { name: 'typecheck', tool: ['typescript', 'tsc', ['-b']] }

/** @param {string[]} args passed on to biome. @returns {Promise<number>} exit code */
export async function lint(args) {
  const codes = []
  for (const { tool } of LINT) {
    const [packageName, bin, own] = tool
    codes.push(await runTool(packageName, bin, bin === 'biome' ? [...own, ...args] : own))
  }
  return Math.max(...codes)
}

/** @param {string[]} args passed on to tsc. @returns {Promise<number>} exit code */
export async function typecheck(args) {
  const [packageName, bin, own] = TYPECHECK.tool
  return await runTool(packageName, bin, [...own, ...args])
}

/**
 * Runs everything and closes with one line, `N passed, N failed`. Passed are tests; failed are tests and checks, each
 * named above. With arguments only the build and the selected tests run.
 *
 * @param {import('./electron.mjs').Electron} electron
 * @param {string[]} args passed on to vitest: filters and options
 * @returns {Promise<number>} exit code: 0 only if at least one test ran and nothing failed
 */
export async function runTests(electron, args) {
  const checks = args.length > 0 ? [] : [...LINT, TYPECHECK]
  // A failed check does not stop the tests: one run shows everything that is wrong.
  const failures = (await Promise.all([checkBuild(), ...checks.map(runCheck)])).flat()
  const result = await runOnDisplay(args, electron.env, failures)
  return sumUp(result, [...failures, ...result.problems])
}

/**
 * Runs the tests against real servers, of which the app's window is one part, and closes with one line like `npm test`.
 *
 * @param {import('./electron.mjs').Electron} electron
 * @param {NodeJS.ProcessEnv} servers where they are
 * @param {string[]} args passed on to vitest: filters and options
 * @returns {Promise<number>} exit code: 0 only if at least one test ran and nothing failed
 */
export async function runRealTests(electron, servers, args) {
  const failures = await checkBuild()
  const env = { ...electron.env, ...servers, AGENTOS_TEST_REAL: '1' }
  const result = await runOnDisplay(['--project', 'real', ...args], env, failures)
  return sumUp(result, [...failures, ...result.problems])
}

/**
 * Runs vitest with a display and a home of its own.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} failures processes that are left behind are added here
 */
async function runOnDisplay(args, env, failures) {
  const marker = testMarker()
  return await withVirtualDisplay({ privateHome: true }, (display) =>
    runVitest(args, { ...display, ...env, ...marker.env }).finally(async () => {
      failures.push(...(await endSurvivors(marker)))
    }),
  )
}

/**
 * Says what failed, and how much.
 *
 * @param {import('./vitest.mjs').Result} result
 * @param {string[]} failures beside single tests
 * @param {{countSkipped?: boolean}} [options]
 * @returns {number} exit code
 */
export function sumUp({ passed, failed, skipped }, failures, { countSkipped = false } = {}) {
  for (const failure of failures) say(`FAILED ${failure}`)
  const allFailed = failed + failures.length
  process.stdout.write(`${passed} passed, ${allFailed} failed${countSkipped ? `, ${skipped} skipped` : ''}\n`)
  return allFailed === 0 ? 0 : 1
}

/** @returns {Promise<string[]>} names of what failed */
async function runCheck({ name, tool }) {
  const startedAt = Date.now()
  const { code, output } = await collectTool(...tool)
  if (code !== 0) process.stderr.write(`${output.trimEnd()}\n`)
  say(`${name}: ${code === 0 ? 'ok' : 'FAILED'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
  return code === 0 ? [] : [name]
}

async function checkBuild() {
  try {
    await buildIfStale()
    say('build: ok')
    return []
  } catch (error) {
    if (error instanceof Interrupted) throw error
    fail(error)
    return ['build']
  }
}

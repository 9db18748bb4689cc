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

  const marker = testMarker()
  const result = await withVirtualDisplay({ privateHome: true }, async (env) => {
    const testEnv = { ...env, ...electron.env, ...marker.env }
    return await runVitest(args, testEnv).finally(async () => {
      failures.push(...(await endSurvivors(marker)))
    })
  })
  return sumUp(result, [...failures, ...result.problems])
}

/**
 * Runs the tests against real servers, and closes with one line like `npm test`.
 *
 * @param {NodeJS.ProcessEnv} servers where they are
 * @param {string[]} args passed on to vitest: filters and options
 * @returns {Promise<number>} exit code: 0 only if at least one test ran and nothing failed
 */
export async function runRealTests(servers, args) {
  const marker = testMarker()
  const failures = []
  const env = { ...servers, ...marker.env, AGENTOS_TEST_REAL: '1' }
  const result = await runVitest(['--project', 'real', ...args], env).finally(async () => {
    failures.push(...(await endSurvivors(marker)))
  })
  return sumUp(result, [...failures, ...result.problems])
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

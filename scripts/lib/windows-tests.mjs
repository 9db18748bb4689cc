/** `npm run test:windows`: the tests of what differs from system to system, under Node for Windows. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sumUp } from './checks.mjs'
import { root } from './paths.mjs'
import { SetupError } from './say.mjs'
import { endSurvivors, testMarker } from './survivors.mjs'
import { toolScript } from './tools.mjs'
import { runVitest } from './vitest.mjs'
import { withWindows } from './windows.mjs'

const CONFIG = 'test/windows/vitest.config.ts'
const REPORTER = 'test/windows/differences-reporter.ts'
const CHAOS = 'test/chaos/chaos.ts'
const SERVICES = '5'
/** Wine's own, which go when its server does. */
const WINE_PROCESS = /wineserver|\\(services|winedevice|plugplay|svchost|rpcss|explorer|conhost|rundll32)\.exe\b/i

/**
 * Closes with one line, `N passed, N failed, N skipped`. With `--kills N` instead of tests, the manager is killed so many
 * times.
 *
 * @param {string[]} args passed on to vitest: filters and options; or `--kills N`, `--seed S`, `--services N`,
 *   `--replay ROUND`
 * @returns {Promise<number>} exit code: 0 only if something ran and nothing failed
 * @throws {SetupError} when Wine or Node for Windows cannot be had
 */
export async function runWindowsTests(args) {
  const kills = args.some((argument) => /^--kills(=|$)/.test(argument)) ? killArguments(args) : undefined
  return await withWindows(async (windows) => {
    const marker = testMarker()
    const env = { ...marker.env, ...(windows.isWine ? { AGENTOS_TEST_WINE: '1' } : {}) }
    const failures = []
    const endAll = async () => {
      failures.push(...(await endSurvivors(marker, (commandLine) => !WINE_PROCESS.test(commandLine))))
    }
    if (kills !== undefined) {
      // Outside of Wine's prefix, since what is kept for inspection has to outlast that.
      const folder = ['--folder', windows.path(tmpdir())]
      const code = await windows.runNode([windows.path(join(root, CHAOS)), ...kills, ...folder], env).finally(endAll)
      return failures.length === 0 ? code : sumUp({ passed: 0, failed: 0, skipped: 0 }, failures)
    }
    const result = await runVitest(
      ['--config', CONFIG, `--reporter=${REPORTER}`, ...args],
      env,
      (vitestArgs, vitestEnv) => {
        const script = toolScript('vitest', 'vitest')
        return windows.runNode([windows.path(script), ...vitestArgs.map(asWindowsArgument(windows))], vitestEnv)
      },
    ).finally(endAll)
    return sumUp(result, [...failures, ...result.problems], { countSkipped: true })
  })
}

/** vitest's report goes to a file that is named by its path here. */
const asWindowsArgument = (windows) => (argument) =>
  argument.replace(/^(--outputFile\.json=)(.*)$/, (_, option, file) => `${option}${windows.path(file)}`)

function killArguments(args) {
  const option = { type: 'string' }
  try {
    const { values } = parseArgs({ args, options: { kills: option, seed: option, services: option, replay: option } })
    const { kills, services = SERVICES, ...which } = values
    const further = Object.entries(which).flatMap(([name, value]) => [`--${name}`, value])
    return ['--portable', '--rounds', kills, '--services', services, ...further]
  } catch (error) {
    throw new SetupError(`${error.message}. Known beside --kills N: --seed S, --services N, --replay ROUND.`)
  }
}

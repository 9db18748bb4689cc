import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { Home, ROUNDS_PER_HOME, Violation } from './home.ts'
import { describePlan, planRound } from './plan.ts'
import { portableWorld } from './portable-world.ts'
import { procWorld } from './proc-world.ts'
import { randomOfRound } from './random.ts'
import { addTallies, emptyTally, type Tally } from './tally.ts'
import type { World } from './world.ts'

/**
 * `npm run test:chaos -- [--rounds N] [--seed S] [--services N] [--replay ROUND] [--portable] [--folder F]`;
 * docs/testing.md describes it. F is where home directories are made, by default the system's temporary folder.
 */
function readNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (!/^\d+$/.test(text)) throw new Error(`expected a whole number after --${name}, got ${text}`)
  return Number(text)
}

interface Settings {
  readonly world: World
  readonly seed: number
  readonly services: number
  readonly folder: string
}

/** Rounds `from` to `to` of a seed, each home directory with at most ROUNDS_PER_HOME of them. */
async function run(settings: Settings, from: number, to: number): Promise<Tally> {
  const { world, seed, services, folder } = settings
  let tally = emptyTally
  for (let first = from; first <= to; first += ROUNDS_PER_HOME) {
    const home = new Home(folder, randomOfRound(seed, -first), services, world)
    const last = Math.min(first + ROUNDS_PER_HOME - 1, to)
    let round = first
    try {
      await home.open()
      for (; round <= last; round += 1) {
        const random = randomOfRound(seed, round)
        await home.round(round, planRound(random, services), random)
      }
      round = last
      await home.finish()
    } catch (error) {
      home.abandon()
      report(error, settings, round, home)
      return addTallies(tally, { ...home.tally, violations: error instanceof Violation ? error.problems.length : 1 })
    }
    tally = addTallies(tally, home.tally)
    if (process.stdout.isTTY || last % 50 === 0) say(`  ${last} of ${to} rounds, ${tally.kills} kills`)
  }
  return tally
}

function report(error: unknown, { world, seed, services }: Settings, round: number, home: Home): void {
  const problems = error instanceof Violation ? error.problems : [error instanceof Error ? error.stack : String(error)]
  say(`\nVIOLATION in round ${round} of seed ${seed}:`)
  for (const problem of problems) say(`  ${problem}`)
  say(`Planned: ${describePlan(planRound(randomOfRound(seed, round), services))}`)
  say(`What happened:\n${home.log.map((line) => `  ${line}`).join('\n')}`)
  say(`Kept for inspection: ${home.directory}`)
  const which = `--seed ${seed} --services ${services} --replay ${round}`
  const isWine = process.env.AGENTOS_TEST_WINE !== undefined
  const command = isWine
    ? 'test:windows -- --kills 20'
    : `test:chaos -- --rounds 20${world.isPortable ? ' --portable' : ''}`
  say(`Again: npm run ${command} ${which}`)
}

const say = (line: string) => process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  const option = { type: 'string' } as const
  const portable = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: { rounds: option, seed: option, services: option, replay: option, folder: option, portable },
  })
  const world = values.portable ? portableWorld() : procWorld()
  const seed = readNumber('seed', values.seed, Math.floor(Math.random() * 2 ** 31))
  const services = readNumber('services', values.services, 20)
  const isReplay = values.replay !== undefined
  const rounds = readNumber('rounds', values.rounds, isReplay ? 1 : 100)
  const settings = { world, seed, services, folder: values.folder ?? tmpdir() }
  const startedAt = Date.now()
  say(`chaos: seed ${seed}, ${rounds} rounds, ${services} services${isReplay ? `, replay of ${values.replay}` : ''}`)
  let tally = emptyTally
  if (isReplay) {
    // The rounds before it in its home directory made the state it began with. Time is not replayed: hence again and again.
    const round = readNumber('replay', values.replay, 1)
    const first = round - ((round - 1) % ROUNDS_PER_HOME)
    for (let time = 0; time < rounds && tally.violations === 0; time += 1) {
      tally = addTallies(tally, await run(settings, first, round))
    }
  } else tally = await run(settings, 1, rounds)
  const seconds = (Date.now() - startedAt) / 1000
  say(
    `chaos: ${tally.rounds} rounds, ${tally.kills} kills, ${tally.actions} actions, ${tally.adoptions} adoptions, ${tally.undone} undone, ` +
      `${tally.lines} lines, ${tally.archives} archives, ${tally.violations} violations, ${seconds.toFixed(1)} s (seed ${seed})`,
  )
  return tally.violations === 0 ? 0 : 1
}

process.exit(await main())

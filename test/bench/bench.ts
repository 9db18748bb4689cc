import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { adopt } from './adopt.ts'
import { type Benchmark, type Result, summarise } from './benchmark.ts'
import { coldStart } from './cold-start.ts'
import { crashRestart } from './crash-restart.ts'
import { idle10, idle50, idle200, idleApp, memoryPerService } from './idle.ts'
import { ingest, ingestCpu } from './ingest.ts'
import { logJump, logOpen, logOpenAgain, logSearch } from './logs/big.ts'
import { logFloodCpu, logFloodInput, logFloodMain, logFloodWindow, logLatency, logLatencyWorst } from './logs/flood.ts'
import { stopLatency, stopStubborn } from './stop-latency.ts'

/** `npm run bench [-- --json] [-- --only a,b]`: the budgets of the design, measured. Fails if one is not met. */
const benchmarks: readonly Benchmark[] = [
  ingest,
  ingestCpu,
  crashRestart,
  stopLatency,
  stopStubborn,
  adopt,
  idle10,
  idle50,
  idle200,
  idleApp,
  memoryPerService,
  coldStart,
  logOpen,
  logOpenAgain,
  logJump,
  logSearch,
  logLatency,
  logLatencyWorst,
  logFloodInput,
  logFloodCpu,
  logFloodMain,
  logFloodWindow,
]

function chosen(only: string | undefined): readonly Benchmark[] {
  if (only === undefined) return benchmarks
  const ids = only.split(',')
  const unknown = ids.filter((id) => !benchmarks.some((benchmark) => benchmark.id === id))
  if (unknown.length > 0) {
    throw new Error(
      `expected some of ${benchmarks.map(({ id }) => id).join(', ')} after --only, got ${unknown.join(', ')}`,
    )
  }
  return benchmarks.filter(({ id }) => ids.includes(id))
}

const show = (figure: number) => figure.toFixed(Math.abs(figure) < 1 ? 3 : 1)

const row = (cells: readonly string[]) =>
  `${cells.map((cell, n) => (n === 0 ? cell.padEnd(20) : cell.padStart(12))).join('')}\n`

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } })
const results: Result[] = []
if (!values.json) process.stdout.write(row(['', 'value', 'floor', 'ratio', 'budget', 'ok']))
for (const benchmark of chosen(values.only)) {
  // What the benchmark before wrote is on the disk when the next begins: none pays for another's.
  if (process.platform !== 'win32') execFileSync('sync')
  const result = summarise(benchmark, await benchmark.run())
  results.push(result)
  const { value, floor, unit, ratio, budget, of, ok } = result
  const limit = of === 'ratio' ? `${budget} x` : `${budget} ${unit}`
  const figures = [`${show(value)} ${unit}`, `${show(floor)} ${unit}`, ratio.toFixed(3), limit]
  if (!values.json) process.stdout.write(`${row([benchmark.id, ...figures, ok ? 'yes' : 'NO'])}  ${benchmark.what}\n`)
}
if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`)
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1

/**
 * One figure with its floor: the same work without this app, measured in the same run, since machines differ. What
 * counts is the ratio, or, where the floor is next to nothing, the figure itself.
 */
export interface Measurement {
  readonly value: number
  readonly floor: number
}

export interface Benchmark {
  readonly id: string
  readonly what: string
  readonly unit: 's' | 'ms' | '%' | 'MB'
  /** Largest `of` that is good enough. */
  readonly budget: number
  /** What the budget bounds: the ratio of value to floor (the default), or the value, in `unit`. */
  readonly of?: 'ratio' | 'value'
  run(): Promise<readonly Measurement[]>
}

export interface Result {
  readonly id: string
  readonly value: number
  readonly unit: string
  readonly floor: number
  readonly ratio: number
  readonly budget: number
  readonly of: 'ratio' | 'value'
  readonly ok: boolean
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Medians over the runs; the ratio is that of the medians. */
export function summarise(benchmark: Benchmark, measurements: readonly Measurement[]): Result {
  const { id, unit, budget, of = 'ratio' } = benchmark
  const value = median(measurements.map((measurement) => measurement.value))
  const floor = median(measurements.map((measurement) => measurement.floor))
  const ratio = value / floor
  return { id, value, unit, floor, ratio, budget, of, ok: (of === 'ratio' ? ratio : value) <= budget }
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

import { type DependencyGraph, startOrder } from '../core/dependencies.ts'
import type { Answer } from '../core/state.ts'
import type { Runner } from './runner.ts'

/** Stops services, each once those of them that come after it have stopped; by force, all at the same time. */
export function stopInOrder(
  runners: ReadonlyMap<string, Runner>,
  graph: DependencyGraph,
  force: boolean,
): Promise<Answer[]> {
  const stops = new Map<string, Promise<Answer>>()
  for (const key of startOrder(runners.keys(), graph).reverse()) {
    const runner = runners.get(key)
    if (runner === undefined) continue
    const dependents = force ? [] : [...stops].filter(([other]) => graph.get(other)?.includes(key) === true)
    const before = dependents.map(([, stop]) => stop)
    stops.set(key, before.length === 0 ? runner.stop(force) : Promise.all(before).then(() => runner.stop(force)))
  }
  return Promise.all(stops.values())
}

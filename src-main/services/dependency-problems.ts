import { type DependencyGraph, findCycles } from '../core/dependencies.ts'
import type { ServiceEntry } from '../core/service-config.ts'
import type { JsonPath } from './json-position.ts'
import { nearest } from './nearest.ts'

export interface DependencyProblem {
  /** From the top of the file. */
  readonly path: JsonPath
  readonly message: string
}

/** What is wrong with the "after" of all services taken together: unknown keys, repetitions and cycles. */
export function dependencyProblems(entries: readonly ServiceEntry[]): DependencyProblem[] {
  const keys = entries.map(({ key }) => key)
  const graph: DependencyGraph = new Map(entries.map(({ key, after }) => [key, after.map((other) => other.key)]))
  return [...keyProblems(entries, keys), ...cycleProblems(entries, keys, graph)]
}

function keyProblems(entries: readonly ServiceEntry[], keys: readonly string[]): DependencyProblem[] {
  return entries.flatMap(({ after }, index) =>
    after.flatMap(({ key }, place) => {
      const path = ['services', index, 'after', place]
      if (!keys.includes(key)) {
        const meant = nearest(key, keys)
        const hint = meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`
        return [{ path, message: `there is no service with the key ${JSON.stringify(key)}${hint}` }]
      }
      const isRepeated = after.findIndex((other) => other.key === key) < place
      return isRepeated ? [{ path, message: `${JSON.stringify(key)} is given twice; keep one` }] : []
    }),
  )
}

function cycleProblems(
  entries: readonly ServiceEntry[],
  keys: readonly string[],
  graph: DependencyGraph,
): DependencyProblem[] {
  return findCycles(graph, keys).map((cycle) => {
    const [first, second] = cycle
    const index = keys.indexOf(first ?? '')
    const place = entries[index]?.after.findIndex(({ key }) => key === second) ?? 0
    const message = `these services wait for each other: ${cycle.join(' → ')}; remove one of them from its "after"`
    return { path: ['services', index, 'after', place], message }
  })
}

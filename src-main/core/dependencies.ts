/** A service that has to be there before another one is started. */
export interface Dependency {
  readonly key: string
  /** How far it has to have come. */
  readonly until: 'running' | 'healthy'
}

/** What each service is to be started after. Keys that are not in it have no dependencies. */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>

/**
 * A cycle that can be reached from a service, as a path that ends where it begins, e.g. `a, b, a`; null if there is none.
 */
export function findCycle(graph: DependencyGraph, from: string): string[] | null {
  const path: string[] = []
  const finished = new Set<string>()
  const visit = (key: string): string[] | null => {
    const begin = path.indexOf(key)
    if (begin !== -1) return [...path.slice(begin), key]
    if (finished.has(key)) return null
    path.push(key)
    for (const dependency of graph.get(key) ?? []) {
      const cycle = visit(dependency)
      if (cycle !== null) return cycle
    }
    path.pop()
    finished.add(key)
    return null
  }
  return visit(from)
}

/** Every cycle once, each from the first of `keys` that leads to it. */
export function findCycles(graph: DependencyGraph, keys: readonly string[]): string[][] {
  const cycles: string[][] = []
  const known = new Set<string>()
  for (const key of keys) {
    const cycle = known.has(key) ? null : findCycle(graph, key)
    if (cycle === null || cycle.some((member) => known.has(member))) continue
    for (const member of cycle) known.add(member)
    cycles.push(cycle)
  }
  return cycles
}

/**
 * The same keys, each after those of them it depends on, also by way of services that are not among them; otherwise in
 * the given order. Members of a cycle come in some order.
 */
export function startOrder(keys: Iterable<string>, graph: DependencyGraph): string[] {
  const wanted = new Set(keys)
  const visited = new Set<string>()
  const order: string[] = []
  const visit = (key: string) => {
    if (visited.has(key)) return
    visited.add(key)
    for (const dependency of graph.get(key) ?? []) visit(dependency)
    if (wanted.has(key)) order.push(key)
  }
  for (const key of wanted) visit(key)
  return order
}

/** How long it takes at most until each service has stopped, if all are stopped and each waits for those that need it. */
export function stopTimes(seconds: ReadonlyMap<string, number>, graph: DependencyGraph): Map<string, number> {
  const times = new Map<string, number>()
  for (const key of startOrder(seconds.keys(), graph).reverse()) {
    const dependents = [...times].filter(([other]) => graph.get(other)?.includes(key) === true)
    const before = Math.max(0, ...dependents.map(([, time]) => time))
    times.set(key, before + (seconds.get(key) ?? 0))
  }
  return times
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DependencyGraph,
  findCycle,
  findCycles,
  startOrder,
  stopTimes,
} from '../../../src-main/core/dependencies.ts'

const graphOf = (edges: Record<string, readonly string[]>): DependencyGraph => new Map(Object.entries(edges))

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const graphs = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 14 })
  .map((edges) => new Map(names.map((name) => [name, edges.filter(([from]) => from === name).map(([, to]) => to)])))

/** Edges only to earlier names: no cycle is possible. */
const acyclic = graphs.map(
  (graph) => new Map([...graph].map(([name, to]) => [name, to.filter((other) => other < name)] as const)),
)

describe('a cycle', () => {
  it('is told as the path from a service back to itself', () => {
    expect(findCycle(graphOf({ a: ['b'], b: ['c'], c: ['b'] }), 'a')).toEqual(['b', 'c', 'b'])
    expect(findCycle(graphOf({ a: ['a'] }), 'a')).toEqual(['a', 'a'])
    expect(findCycle(graphOf({ a: ['b', 'c'], b: ['d'], c: ['d'] }), 'a')).toBeNull()
    expect(
      findCycles(graphOf({ a: ['b'], b: ['a'], c: ['a'], d: ['e'], e: ['d'] }), ['c', 'a', 'b', 'd', 'e']),
    ).toEqual([
      ['a', 'b', 'a'],
      ['d', 'e', 'd'],
    ])
  })

  it('is found if there is one, and goes along the dependencies', () => {
    fc.assert(
      fc.property(graphs, fc.constantFrom(...names), (graph, from) => {
        const cycle = findCycle(graph, from)
        for (const [index, key] of (cycle ?? []).slice(1).entries()) {
          expect(graph.get(cycle?.[index] ?? '')).toContain(key)
        }
        if (cycle !== null) expect(cycle[0]).toBe(cycle.at(-1))
      }),
    )
    fc.assert(
      fc.property(acyclic, (graph) => {
        expect(findCycles(graph, names)).toEqual([])
      }),
    )
  })
})

describe('the order of starts', () => {
  it('has everything once, and what is needed first, also over services that are not meant', () => {
    expect(startOrder(['c', 'a'], graphOf({ c: ['b'], b: ['a'] }))).toEqual(['a', 'c'])
    fc.assert(
      fc.property(acyclic, fc.uniqueArray(fc.constantFrom(...names)), (graph, keys) => {
        const order = startOrder(keys, graph)
        expect([...order].sort()).toEqual([...keys].sort())
        for (const key of keys) {
          for (const needed of graph.get(key) ?? []) {
            if (keys.includes(needed)) expect(order.indexOf(needed)).toBeLessThan(order.indexOf(key))
          }
        }
      }),
    )
  })

  it('has everything once even if there is a cycle', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(startOrder(names, graph).sort()).toEqual(names)
      }),
    )
  })

  it('is the given one where nothing depends on anything', () => {
    expect(startOrder(['c', 'a', 'b'], new Map())).toEqual(['c', 'a', 'b'])
  })
})

it('counts together the grace of services that are stopped one after another', () => {
  const times = stopTimes(
    new Map(Object.entries({ a: 1, b: 10, c: 100, d: 5 })),
    graphOf({ b: ['a'], c: ['a'], d: [] }),
  )
  expect(Object.fromEntries(times)).toEqual({ a: 101, b: 10, c: 100, d: 5 })
})

import fc from 'fast-check'
import { describe, it } from 'vitest'
import { DecisionWorld, type Happening } from '../../support/decision-world.ts'

const flag = fc.boolean()
const restart = fc.record({
  policy: fc.constantFrom('no' as const, 'on-failure' as const, 'always' as const),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  initialDelaySeconds: fc.constantFrom(0, 1),
})

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('progress' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('start' as const, 'restart' as const), checkPort: flag }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('stop' as const), force: flag }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('launch-answers' as const),
      how: fc.constantFrom('launched' as const, 'launched' as const, 'failed' as const, 'port-taken' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('exit' as const),
      code: fc.constantFrom(0, 1, null),
      signal: fc.constantFrom(null, 'SIGSEGV'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('tree-ends' as const),
      survivors: fc.constantFrom(null, null, null, 'worker (7)'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('probe' as const),
      outcome: fc.constantFrom('ok' as const, 'loading' as const, 'failed' as const, 'unreachable' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'timer-fires' as const,
        'timer-fires' as const,
        'stale-timer-fires' as const,
        'adopt' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('port' as const), pid: fc.constantFrom(null, 98, 99) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stale' as const),
      type: fc.constantFrom(
        'launched' as const,
        'launch-failed' as const,
        'exited' as const,
        'tree-ended' as const,
        'probed' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redefine' as const), restart }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time-passes' as const), ms: fc.constantFrom(10, 60_000) }),
  },
)

describe('any sequence of events', () => {
  it('keeps one run at most, probes in pairs, ends only its own tree and answers everyone', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
        const world = new DecisionWorld()
        for (const next of happenings) world.happen(next)
        world.settle()
      }),
      { numRuns: 10_000 },
    )
  })

  it('ends stopped after a stop, once everything pending is answered', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40, size: 'max' }), flag, (happenings, force) => {
        const world = new DecisionWorld()
        for (const next of happenings) world.happen(next)
        world.happen({ kind: 'stop', force })
        world.settle()
        const { status } = world.state
        if (status !== 'stopped' && status !== 'external')
          throw new Error(`expected stopped or external, got ${status}`)
      }),
      { numRuns: 3000 },
    )
  })
})

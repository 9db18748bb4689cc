import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOrder, nextOrder } from '../../../../src-renderer/features/models/model-order.ts'
import { makeModel } from './model.ts'

describe('the order of models', () => {
  it('begins with what takes or wants memory', () => {
    const models = [makeModel('a'), makeModel('b', { state: 'loaded' }), makeModel('c', { state: 'failed' })]
    expect(nextOrder([], models)).toEqual(['b', 'c', 'a'])
  })

  it('stays when states change, so that nothing moves under the pointer', () => {
    const order = nextOrder([], [makeModel('a'), makeModel('b')])
    expect(nextOrder(order, [makeModel('b', { state: 'loaded' }), makeModel('a')])).toEqual(['a', 'b'])
  })

  it('drops what is gone and puts what is new at the end', () => {
    expect(nextOrder(['a', 'b'], [makeModel('c', { state: 'loaded' }), makeModel('b')])).toEqual(['b', 'c'])
  })

  it('shows every model of the server once, whatever was known', () => {
    const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'))
    const states = fc.constantFrom('loaded', 'unloaded', 'sleeping', 'unknown' as const)
    fc.assert(
      fc.property(ids, fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), states)), (known, listed) => {
        const models = listed.map(([id, state]) => makeModel(id, { state }))
        const shown = inOrder(models, nextOrder([...new Set(known)], models)).map(({ id }) => id)
        expect([...shown].sort()).toEqual([...new Set(listed.map(([id]) => id))].sort())
      }),
    )
  })
})

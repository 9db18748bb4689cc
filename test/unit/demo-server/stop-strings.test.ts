import fc from 'fast-check'
import { expect, it } from 'vitest'
import { StopStrings } from '../../../src-main/demo-server/stop-strings.ts'

function feed(pieces: readonly string[], stops: readonly string[]): { text: string; stopped: boolean } {
  const filter = new StopStrings(stops)
  let text = ''
  for (const piece of pieces) {
    const pushed = filter.push(piece)
    text += pushed.text
    if (pushed.stopped) {
      return { text, stopped: true }
    }
  }
  return { text: text + filter.flush(), stopped: false }
}

it('cuts before the first stop string, also over several pieces', () => {
  expect(feed(['The sea', ' is', ' calm'], ['a is c'])).toEqual({ text: 'The se', stopped: true })
  expect(feed(['one', ' two', ' three'], ['three', 'two'])).toEqual({ text: 'one ', stopped: true })
})

it('gives back what only looked like one', () => {
  expect(feed(['The sea', ' is'], ['a isn'])).toEqual({ text: 'The sea is', stopped: false })
  expect(feed(['aa', 'ab'], ['aaab'])).toEqual({ text: '', stopped: true })
  expect(feed(['x'], [])).toEqual({ text: 'x', stopped: false })
})

it('does for any pieces what one cut through the whole text would do', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ' ') })
  const stop = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(letters), stop, (pieces, wanted) => {
      const whole = pieces.join('')
      const index = whole.indexOf(wanted)
      expect(feed(pieces, [wanted])).toEqual(
        index === -1 ? { text: whole, stopped: false } : { text: whole.slice(0, index), stopped: true },
      )
    }),
  )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDestination } from '../../../../src-renderer/features/logs/jump/destination.ts'

const at = (...parts: [number, number, number, number?, number?, number?, number?]) => new Date(...parts).getTime()
const now = at(2026, 10, 25, 15, 0)
const parse = (text: string, reference = now) => parseDestination(text, reference, now)

describe('where somebody wants to go', () => {
  it.each([
    ['1', 0],
    [' 4711 ', 4710],
    ['1,234,567', 1_234_566],
    ['1 234', 1233],
  ])('"%s" is a line', (text, line) => {
    expect(parse(text)).toEqual({ to: 'line', line })
  })

  it.each([
    ['14:05', at(2026, 10, 25, 14, 5)],
    ['9:05:30', at(2026, 10, 25, 9, 5, 30)],
    ['14:05:30.25', at(2026, 10, 25, 14, 5, 30, 250)],
    ['2026-11-24 14:05', at(2026, 10, 24, 14, 5)],
    ['2026-11-24T14:05:30', at(2026, 10, 24, 14, 5, 30)],
    ['2026-11-24', at(2026, 10, 24)],
    ['2027-01-01 00:00', at(2027, 0, 1)],
    ['23:00', at(2026, 10, 24, 23, 0)],
  ])('"%s" is a time', (text, time) => {
    expect(parse(text)).toEqual({ to: 'time', time })
  })

  it('takes the day of what is looked at', () => {
    expect(parse('23:00', at(2026, 10, 20, 1, 0))).toEqual({ to: 'time', time: at(2026, 10, 20, 23, 0) })
  })

  it('knows the day before the first of a month', () => {
    const morning = at(2026, 2, 1, 6, 0)
    expect(parseDestination('23:00', morning, morning)).toEqual({ to: 'time', time: at(2026, 1, 28, 23, 0) })
  })

  it.each([
    '',
    ' ',
    '0',
    '-5',
    'abc',
    '25:00',
    '14:60',
    '14:05:99',
    '2026-02-31 10:00',
    '2026-13-01',
    '14',
    'x14:05',
    '2026-11-2414:05',
  ])('"%s" is neither', (text) => {
    const destination = parse(text)
    // A bare number is a line.
    expect(text === '14' ? destination?.to : destination).toBe(text === '14' ? 'line' : null)
  })

  it('reads every minute back as it was written', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(2000, 0, 1), max: new Date(2040, 0, 1), noInvalidDate: true }), (date) => {
        const two = (value: number) => String(value).padStart(2, '0')
        const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
        const text = `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
        const destination = parse(text)
        const shown = destination?.to === 'time' ? new Date(destination.time) : null
        expect([shown?.getDate(), shown?.getHours(), shown?.getMinutes()]).toEqual([
          date.getDate(),
          date.getHours(),
          date.getMinutes(),
        ])
      }),
    )
  })
})

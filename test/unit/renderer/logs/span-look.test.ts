import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrast, READABLE, readableOn } from '../../../../src-renderer/features/logs/text/color.ts'
import { noStyle, type Rgb } from '../../../../src-renderer/features/logs/text/sgr.ts'
import { GROUNDS, spanLook } from '../../../../src-renderer/features/logs/text/span-look.ts'

const renderer = join(import.meta.dirname, '../../../../src-renderer')
const channel = fc.integer({ min: 0, max: 255 })
const rgb: fc.Arbitrary<Rgb> = fc.tuple(channel, channel, channel)

const fromHex = (hex: string): Rgb =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb
const fromCss = (value: string | undefined): Rgb => (value ?? '').match(/\d+/g)?.map(Number) as unknown as Rgb

/** The values of a custom property in a style sheet: in light first, then in dark. */
function valuesOf(file: string, property: string): Rgb[] {
  const css = readFileSync(join(renderer, file), 'utf8')
  return [...css.matchAll(new RegExp(`${property}: (#[0-9a-f]{6});`, 'g'))].map(([, hex = '']) => fromHex(hex))
}

describe('colours of terminals', () => {
  it('knows the grounds that the style sheet has', () => {
    expect(valuesOf('ui/tokens.css', '--ground')).toEqual([GROUNDS.light, GROUNDS.dark])
  })

  it.each(Array.from({ length: 16 }, (_, index) => index))('number %d is readable in both themes', (index) => {
    const [light, dark, ...more] = valuesOf('features/logs/ansi.css', `--ansi-${index}`)
    expect(more).toEqual([])
    expect(contrast(light ?? GROUNDS.light, GROUNDS.light)).toBeGreaterThanOrEqual(READABLE)
    expect(contrast(dark ?? GROUNDS.dark, GROUNDS.dark)).toBeGreaterThanOrEqual(READABLE)
  })

  it('computes contrast as WCAG does', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21)
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2)
  })

  it('makes any colour readable on any ground, and leaves those that are', () => {
    fc.assert(
      fc.property(rgb, rgb, (color, ground) => {
        const readable = readableOn(color, ground)
        expect(contrast(readable, ground)).toBeGreaterThanOrEqual(READABLE - 0.05)
        if (contrast(color, ground) >= READABLE) expect(readable).toEqual(color)
      }),
    )
  })

  it('draws any pair of colours so that it can be read', () => {
    const color = fc.oneof(fc.integer({ min: 0, max: 15 }), rgb)
    fc.assert(
      fc.property(fc.option(color), color, fc.boolean(), (ink, paper, inverse) => {
        const { style } = spanLook({ ...noStyle, color: ink, ground: paper, inverse: inverse && ink !== null })
        const pair = [fromCss(style?.color), fromCss(style?.backgroundColor)] as const
        expect(contrast(...pair)).toBeGreaterThanOrEqual(READABLE - 0.05)
      }),
    )
  })

  it('uses classes for what the style sheet knows, and both themes for what it does not', () => {
    expect(spanLook({ ...noStyle, color: 9, bold: true })).toEqual({ className: 'ansi-bold ansi-9', style: null })
    expect(spanLook({ ...noStyle, inverse: true })).toEqual({ className: 'ansi-inverse', style: null })
    const { className, style } = spanLook({ ...noStyle, color: [250, 250, 120] })
    expect(className).toBe('ansi-rgb')
    expect(contrast(fromCss(style?.['--on-light']), GROUNDS.light)).toBeGreaterThanOrEqual(READABLE - 0.05)
    expect(style?.['--on-dark']).toBe('rgb(250 250 120)')
  })
})

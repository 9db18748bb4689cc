import { css, inkOn, readableOn } from './color.ts'
import type { Rgb, TextColor, TextStyle } from './sgr.ts'

/** `--ground` of the two themes (ui/tokens.css). */
export const GROUNDS: { readonly light: Rgb; readonly dark: Rgb } = {
  light: [0xf7, 0xf8, 0xfa],
  dark: [0x16, 0x18, 0x1d],
}

/** The palette as grounds, the same in both themes: what stands on them is chosen to fit. */
const PALETTE: readonly Rgb[] = [
  [0x1e, 0x1e, 0x1e],
  [0xc5, 0x2f, 0x2f],
  [0x1f, 0x8a, 0x4c],
  [0xb5, 0x89, 0x00],
  [0x2a, 0x5f, 0xc9],
  [0xa0, 0x3b, 0xa8],
  [0x1b, 0x87, 0x8f],
  [0xd4, 0xd4, 0xd4],
  [0x66, 0x66, 0x66],
  [0xf1, 0x6a, 0x6a],
  [0x4c, 0xc2, 0x75],
  [0xf0, 0xc6, 0x4a],
  [0x6e, 0xa8, 0xf7],
  [0xd6, 0x83, 0xdd],
  [0x52, 0xc9, 0xd2],
  [0xff, 0xff, 0xff],
]

export interface SpanLook {
  readonly className: string
  /** To be set through the CSSOM; null if the class says it all. */
  readonly style: Readonly<Record<string, string>> | null
}

const FLAGS = ['bold', 'dim', 'italic', 'underline', 'strike'] as const

/** How a style is drawn, readable on the ground of either theme and on its own. */
export function spanLook(style: TextStyle): SpanLook {
  const flags = FLAGS.filter((flag) => style[flag]).map((flag) => `ansi-${flag}`)
  const colors = colorLook(style)
  return { className: [...flags, ...colors.classes].join(' '), style: colors.style }
}

interface ColorLook {
  readonly classes: readonly string[]
  readonly style: SpanLook['style']
}

function colorLook({ color, ground, inverse }: TextStyle): ColorLook {
  const [ink, paper] = inverse ? [ground, color] : [color, ground]
  // Swapped, and no colour of its own for the ground: that is the text's.
  if (inverse && paper === null) return { classes: ['ansi-inverse'], style: null }
  if (paper !== null) {
    const under = rgbOf(paper)
    const on = ink === null ? inkOn(under) : readableOn(rgbOf(ink), under)
    return { classes: [], style: { backgroundColor: css(under), color: css(on) } }
  }
  if (ink === null) return { classes: [], style: null }
  if (typeof ink === 'number') return { classes: [`ansi-${ink}`], style: null }
  const onLight = css(readableOn(ink, GROUNDS.light))
  const onDark = css(readableOn(ink, GROUNDS.dark))
  return { classes: ['ansi-rgb'], style: { '--on-light': onLight, '--on-dark': onDark } }
}

function rgbOf(color: TextColor): Rgb {
  return typeof color === 'number' ? (PALETTE[color] ?? [0, 0, 0]) : color
}

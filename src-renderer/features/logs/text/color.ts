import type { Rgb } from './sgr.ts'

/** What WCAG asks of text (AA). */
export const READABLE = 4.5

const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [255, 255, 255]

/** Relative luminance as WCAG defines it, 0 to 1. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** From 1 (none) to 21 (black on white). */
export function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** Black or white, whichever reads better on this ground. */
export function inkOn(ground: Rgb): Rgb {
  return contrast(BLACK, ground) >= contrast(WHITE, ground) ? BLACK : WHITE
}

/** The colour itself if it reads well on the ground, otherwise as little lighter or darker as it takes. */
export function readableOn(color: Rgb, ground: Rgb): Rgb {
  if (contrast(color, ground) >= READABLE) return color
  const ink = inkOn(ground)
  let [enough, little] = [1, 0]
  // Ten halvings are finer than a step of 8 bits.
  for (let step = 0; step < 10; step += 1) {
    const share = (enough + little) / 2
    if (contrast(mix(color, ink, share), ground) >= READABLE) enough = share
    else little = share
  }
  return mix(color, ink, enough)
}

function mix(color: Rgb, other: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => Math.round(color[index] + (other[index] - color[index]) * share)
  return [part(0), part(1), part(2)]
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`
}

export type Rgb = readonly [red: number, green: number, blue: number]

/** 0 to 15 of the terminal's palette, or a colour of its own. */
export type TextColor = number | Rgb

/** What SGR sequences ("select graphic rendition") say about text. */
export interface TextStyle {
  readonly color: TextColor | null
  readonly ground: TextColor | null
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly strike: boolean
  readonly inverse: boolean
}

/** The one object for "no style": compare with `===`. */
export const noStyle: TextStyle = {
  color: null,
  ground: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
}

/** Blinking and hidden text are not among them: a log hides nothing. */
const SIMPLE: Readonly<Record<number, Partial<TextStyle>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { color: null },
  49: { ground: null },
}

/** The style after an SGR sequence with these parameters, e.g. `1;38;5;208`. What it does not know changes nothing. */
export function withSgr(before: TextStyle, parameters: string): TextStyle {
  let style = before
  const codes = parameters.split(';')
  for (let index = 0; index < codes.length; index += 1) {
    const [code = 0, ...details] = (codes[index] ?? '').split(':').map(Number)
    if (code === 0) style = noStyle
    else if (code === 38 || code === 48) {
      // Either all in one parameter (`38:2::1:2:3`, with a colour space nobody uses), or spread over the next ones.
      const isSpread = details.length === 0
      const rest = isSpread ? codes.slice(index + 1, index + 5).map(Number) : withoutColorSpace(details)
      const color = extendedColor(rest)
      if (isSpread) index += rest[0] === 2 ? 4 : 2
      if (color !== null) style = { ...style, [code === 38 ? 'color' : 'ground']: color }
    } else if (code === 4 && details[0] === 0) style = { ...style, underline: false }
    else style = { ...style, ...(SIMPLE[code] ?? paletteColor(code)) }
  }
  return isPlain(style) ? noStyle : style
}

function withoutColorSpace([kind = 0, ...rest]: readonly number[]): number[] {
  return kind === 2 && rest.length > 3 ? [kind, ...rest.slice(1)] : [kind, ...rest]
}

function paletteColor(code: number): Partial<TextStyle> | undefined {
  if (code >= 30 && code <= 37) return { color: code - 30 }
  if (code >= 40 && code <= 47) return { ground: code - 40 }
  if (code >= 90 && code <= 97) return { color: code - 90 + 8 }
  if (code >= 100 && code <= 107) return { ground: code - 100 + 8 }
  return undefined
}

/** `[5, n]` or `[2, red, green, blue]`. */
function extendedColor([kind, ...values]: readonly number[]): TextColor | null {
  const isByte = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 255
  const [first, second, third] = values
  if (kind === 5 && isByte(first)) return indexedColor(first)
  if (kind === 2 && isByte(first) && isByte(second) && isByte(third)) return [first, second, third]
  return null
}

/** Of the 256: the palette, then a cube of 6 x 6 x 6, then 24 greys. */
function indexedColor(index: number): TextColor {
  if (index < 16) return index
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return [grey, grey, grey]
  }
  const level = (digit: number) => (digit === 0 ? 0 : 55 + digit * 40)
  const cube = index - 16
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]
}

function isPlain(style: TextStyle): boolean {
  return (Object.keys(noStyle) as (keyof TextStyle)[]).every((key) => style[key] === noStyle[key])
}

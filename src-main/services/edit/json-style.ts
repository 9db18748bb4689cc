import type { Node } from 'jsonc-parser'

/** How a JSON text is laid out, so that what is added looks as if its author had written it. */
export interface JsonStyle {
  readonly eol: string
  /** One level of indentation. */
  readonly unit: string
  /** Between a key and its value. */
  readonly colon: string
  /** Between two values in one line. */
  readonly comma: string
  /** Inside the braces of an object in one line. */
  readonly pad: string
  /** All of it is in one line. */
  readonly isOneLine: boolean
  /** Objects that fit into a line are written in one. */
  readonly hasShortObjects: boolean
  /** Lists of plain values have a line for each. */
  readonly hasLongLists: boolean
}

/** What fits into a line. */
const MAX_COLUMNS = 120

const LINE_BREAK = /\r\n|\n|\r/

export function hasLineBreak(text: string): boolean {
  return LINE_BREAK.test(text)
}

/** The white space that the line of this offset begins with. */
export function indentAt(text: string, offset: number): string {
  const begin = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1
  return /^[ \t]*/.exec(text.slice(begin, offset))?.[0] ?? ''
}

export function styleOf(text: string, root: Node): JsonStyle {
  const first = root.children?.[0]
  const [key, value] = first?.children ?? []
  const between = key === undefined || value === undefined ? ': ' : text.slice(key.offset + key.length, value.offset)
  const colon = hasLineBreak(between) ? ': ' : between
  const isSpaced = colon.endsWith(' ')
  const short = /\{( *)"/.exec(text)
  const unit = first === undefined ? '' : indentAt(text, first.offset)
  return {
    eol: LINE_BREAK.exec(text)?.[0] ?? '\n',
    unit: unit === '' ? '  ' : unit,
    colon,
    comma: isSpaced ? ', ' : ',',
    pad: short?.[1] ?? (isSpaced ? ' ' : ''),
    isOneLine: !hasLineBreak(text.trim()),
    hasShortObjects: short !== null,
    hasLongLists: /\[[ \t]*[\r\n]\s*[^\s{[\]]/.test(text),
  }
}

export interface Layout {
  /** Of the line that the value begins in. */
  readonly indent: string
  /** Columns taken in that line already. */
  readonly column: number
  /** In one line if it fits, over several, or as the file does it elsewhere. */
  readonly shape: 'short' | 'long' | 'usual'
}

/** A value as the author of the text would have written it. */
export function printJson(value: unknown, style: JsonStyle, { indent, column, shape }: Layout): string {
  const line = inOneLine(value, style)
  if (style.isOneLine || typeof value !== 'object' || value === null) return line
  const fits = column + line.length <= MAX_COLUMNS
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)
  const isUsual = isPlainList ? !style.hasLongLists : style.hasShortObjects
  const wantsLine = shape === 'short' || (shape === 'usual' && isUsual)
  if (line.length <= 2 || (fits && wantsLine)) return line
  const inner = indent + style.unit
  const innerShape = shape === 'short' ? 'short' : 'usual'
  const nested = (item: unknown, before = '') =>
    inner + before + printJson(item, style, { indent: inner, column: inner.length + before.length, shape: innerShape })
  const lines = Array.isArray(value)
    ? value.map((item) => nested(item))
    : Object.entries(value).map(([key, item]) => nested(item, JSON.stringify(key) + style.colon))
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return [open, lines.join(`,${style.eol}`), indent + close].join(style.eol)
}

function inOneLine(value: unknown, style: JsonStyle): string {
  if (Array.isArray(value)) return `[${value.map((item) => inOneLine(item, style)).join(style.comma)}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, item]) => JSON.stringify(key) + style.colon + inOneLine(item, style))
  return members.length === 0 ? '{}' : `{${style.pad}${members.join(style.comma)}${style.pad}}`
}

import { isAscii } from 'node:buffer'

// The grammar of strip-ansi, which the window shows lines with (test/unit/logs/search/shown-text.test.ts compares them),
// but for two things: no sequence goes beyond a line end, so that it can be used on many lines at once; and it is used on
// every line, while strip-ansi leaves those alone that have neither ESC nor U+009B in them.
const STRING_END = String.raw`(?:\u001B\u005C|\u009C)`
const NOT_IN_STRINGS = String.raw`\n\u0018\u001A\u001B\u0080-\u009F`
const PALETTE = String.raw`\u001B\](?:P[\dA-Fa-f]{7}|R)(?:\u0007|${STRING_END})?`
const COMMAND = String.raw`(?:\u001B\]|\u009D)[^\u0007${NOT_IN_STRINGS}]*(?:\u0007|${STRING_END})`
const CONTROL_STRING = String.raw`(?:\u001B[PX^_k]|[\u0090\u0098\u009E\u009F])[^${NOT_IN_STRINGS}]*${STRING_END}`
const CONTROL_SEQUENCE = String.raw`(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]`
const ESCAPE = String.raw`\u001B(?:[ -/]+[0-~]|[\dA-PR-TZcf-oq-uy=><~|}])`
const CONTROLS = new RegExp([PALETTE, COMMAND, CONTROL_STRING, CONTROL_SEQUENCE, ESCAPE].join('|'), 'g')

const ESC = 0x1b
/** In UTF-8, U+0080 to U+009F begin with it: the control characters that can begin a sequence without ESC. */
const C1_LEAD = 0xc2

/**
 * The text of lines as it is searched: UTF-8 (U+FFFD for what is not), without the control sequences of a terminal. Line
 * ends and carriage returns are still in it.
 */
export function shownText(bytes: Buffer): string {
  const isPlain = isAscii(bytes)
  const text = isPlain ? bytes.toString('latin1') : bytes.toString('utf8')
  const mayHaveControls = bytes.includes(ESC) || (!isPlain && bytes.includes(C1_LEAD))
  return mayHaveControls ? text.replace(CONTROLS, '') : text
}

/** The same for the beginning of a line that is cut: a character that is cut with it is left out. */
export function shownBeginning(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true }).replace(CONTROLS, '')
}

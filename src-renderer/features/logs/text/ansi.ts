import { noStyle, type TextStyle, withSgr } from './sgr.ts'

/** Where Unicode keeps its pictures of the control characters, in their order. */
const CONTROL_PICTURES = 0x2400
const DELETE = 0x7f
const PICTURE_OF_DELETE = '\u2421'
const REPLACEMENT = '\ufffd'

/**
 * Control sequences as ECMA-48 has them, each only with its end (without one it is shown), and whatever else is not
 * printed as it is. Characters that reorder the text around them are in it: with them a line can pretend to say
 * something else. A tab may stay.
 */
const SPECIAL = new RegExp(
  [
    // CSI: SGR is one of them.
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    // OSC, such as a window's title or a link.
    '(?:\\u001b\\]|\\u009d)[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)',
    // DCS, SOS, PM, APC.
    '(?:\\u001b[PX^_]|[\\u0090\\u0098\\u009e\\u009f])[^\\u001b\\u009c]*(?:\\u001b\\\\|\\u009c)',
    '\\u001b[ -/]+[0-~]',
    '\\u001b[0-OQ-WYZ\\\\`-~]',
    '[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]',
  ].join('|'),
  'g',
)

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const SGR = /^(?:\u001b\[|\u009b)([0-9;:]*)m$/

/** A part of a text that has a style. */
export interface StyledSpan {
  /** UTF-16 units of the shown text, `to` excluded. */
  readonly from: number
  readonly to: number
  readonly style: TextStyle
}

export interface StyledText {
  /** What is shown; every column of the viewer is one of its UTF-16 units. */
  readonly text: string
  /** In order and apart from each other; what is in none of them has no style. */
  readonly spans: readonly StyledSpan[]
}

/**
 * A line as a terminal would have left it: with its colours, and of a progress bar that overwrites itself only the last
 * state. Other control sequences are left out; what else is not meant to be seen is made visible. It stays untrusted text
 * and may only be rendered as text.
 */
export function parseAnsi(raw: string): StyledText {
  SPECIAL.lastIndex = 0
  let match = SPECIAL.exec(raw)
  if (match === null) return { text: raw, spans: [] }
  const line = new LineBuilder()
  let at = 0
  for (; match !== null; match = SPECIAL.exec(raw)) {
    const [found] = match
    line.add(raw.slice(at, match.index))
    at = match.index + found.length
    if (found === '\r') line.return()
    else if (found.length === 1) line.add(visible(found.charCodeAt(0)))
    else line.control(found)
  }
  line.add(raw.slice(at))
  return line.end()
}

function visible(code: number): string {
  if (code < DELETE) return String.fromCharCode(CONTROL_PICTURES + code)
  return code === DELETE ? PICTURE_OF_DELETE : REPLACEMENT
}

class LineBuilder {
  #text = ''
  #spans: StyledSpan[] = []
  #style = noStyle
  #styleFrom = 0
  /** A carriage return overwrites only once something follows it: at the end of a line it is one of Windows. */
  #isOverwriting = false

  add(text: string): void {
    if (text === '') return
    if (this.#isOverwriting) {
      this.#text = ''
      this.#spans = []
      this.#styleFrom = 0
      this.#isOverwriting = false
    }
    this.#text += text
  }

  return(): void {
    this.#isOverwriting = true
  }

  control(sequence: string): void {
    const parameters = SGR.exec(sequence)?.[1]
    if (parameters === undefined) return
    this.#closeSpan()
    this.#style = withSgr(this.#style, parameters)
  }

  end(): StyledText {
    this.#closeSpan()
    return { text: this.#text, spans: this.#spans }
  }

  #closeSpan(): void {
    const from = this.#styleFrom
    const to = this.#text.length
    if (this.#style !== noStyle && to > from) this.#spans.push({ from, to, style: this.#style })
    this.#styleFrom = to
  }
}

import stripAnsi from 'strip-ansi'
import type { LogLine } from '../../../src-preload/contract/log-view.ts'
import { formatBytes } from '../../ui/format.ts'

/** Where Unicode keeps its pictures of the control characters, in their order. */
const CONTROL_PICTURES = 0x2400
const DELETE = 0x7f
const PICTURE_OF_DELETE = '\u2421'
const REPLACEMENT = '\ufffd'

/** Those that reorder the text around them are in it: with them a line can pretend to say something else. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for; a tab may stay.
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/**
 * A line as a terminal would have left it: without colours, and of a progress bar that overwrites itself only the last
 * state. What else is not meant to be seen is made visible. It stays untrusted text and may only be rendered as text.
 */
export function displayText(raw: string): string {
  const plain = stripAnsi(raw).replace(/\r+$/, '')
  const last = plain.slice(plain.lastIndexOf('\r') + 1)
  return last.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0)
    if (code < DELETE) return String.fromCharCode(CONTROL_PICTURES + code)
    return code === DELETE ? PICTURE_OF_DELETE : REPLACEMENT
  })
}

/** What follows a line of which only the beginning is shown; null if it is whole. */
export function cutNote({ cutFromBytes }: LogLine): string | null {
  return cutFromBytes === null ? null : `… line of ${formatBytes(cutFromBytes)}, cut`
}

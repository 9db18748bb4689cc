/** Service names come from a file anyone may have written: they are untrusted text wherever the desktop draws them. */

const MAX_LABEL_LENGTH = 48

/**
 * Controls and line breaks would break the menu; lone surrogates are no text (D-Bus refuses them); bidi controls could
 * turn "Start" around what they precede (CVE-2021-42574). Other format characters stay: emoji are joined with them.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** One short line of plain text. */
export function plainLabel(text: string, maxLength: number = MAX_LABEL_LENGTH): string {
  const line = text.replace(UNSAFE, ' ').replace(/\s+/gu, ' ').trim()
  const characters = Array.from(line)
  if (characters.length <= maxLength) return line
  return `${characters
    .slice(0, maxLength - 1)
    .join('')
    .trimEnd()}…`
}

/**
 * In a menu label `&` marks the access key, on every platform: Windows draws it, Linux turns it into dbusmenu's `_`, and
 * macOS drops it (Chromium's FixUpWindowsStyleLabel). Doubled, it is the character. Underscores need nothing: Chromium
 * doubles them for dbusmenu itself.
 */
export function menuLabel(text: string): string {
  return text.replaceAll('&', '&&')
}

/** Lines that are shown of a run that crashed, and characters of each. */
const LINES = 5
const WIDTH = 300

// Colours and cursor movements, window titles, and what else begins with ESC; then every other control character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g
const CONTROLS = /(?!\t)\p{Cc}/gu

/** The last lines of an output that say anything, as plain text, each cut to a readable length. Untrusted all the same. */
export function lastWords(lines: readonly string[]): string[] {
  const words: string[] = []
  for (let index = lines.length - 1; index >= 0 && words.length < LINES; index -= 1) {
    const line = plain(lines[index] ?? '')
    if (line !== '') words.unshift(line)
  }
  return words
}

function plain(line: string): string {
  // A progress bar is one line that was written over again and again: its last version counts.
  const visible = line.trimEnd().split('\r').at(-1) ?? ''
  const text = visible.replace(ESCAPES, '').replace(CONTROLS, '').trimEnd()
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text
}

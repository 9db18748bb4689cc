/**
 * What the scripts tell the person. Everything goes to stderr: stdout belongs to the command that was asked for
 * (`electron-path` prints nothing else there).
 */

/** A failure the person can do something about: shown as its message alone, without a stack trace. */
export class SetupError extends Error {
  name = 'SetupError'
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`[agentos] ${line}\n`)
}

/** @param {unknown} error */
export function fail(error) {
  const text = error instanceof SetupError ? error.message : error instanceof Error ? error.stack : String(error)
  say(`Error: ${text}`)
}

/** The end of a program's output, which is where the reason for its failure is. @param {string} output */
export function lastLines(output, count = 15) {
  return output.trimEnd().split('\n').slice(-count).join('\n')
}

/** Where npm has its reason; after it comes general help. @param {string} output */
export function firstLines(output, count = 15) {
  return output.trim().split('\n').slice(0, count).join('\n')
}

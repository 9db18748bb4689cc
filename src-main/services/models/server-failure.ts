import type { Failure } from '../../core/failure.ts'
import { systemErrorCode } from '../../os/process-error.ts'
import { ServerAnswerError } from './server-answer-error.ts'
import type { ServerTarget } from './server-target.ts'

/** E.g. `model 'x' not found`, `The model "x" does not exist`, in whatever words stand between. */
const NO_MODEL = /\bmodel\b.*\b(?:not found|does(?: not|n't) exist|no such|unknown|not available)/i
const NOT_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Whether the error of a connection says that nothing listens there. */
export function isNobodyThere(error: unknown): boolean {
  return NOT_THERE.has(systemErrorCode(error) ?? '')
}

/** Nothing listens there. */
export function notRunning({ port }: ServerTarget): Failure {
  return {
    code: 'not-running',
    message: `Nothing answers on port ${port}.`,
    hint: 'Start the service, or wait until it is ready.',
  }
}

export function timedOut(path: string, milliseconds: number): Failure {
  const seconds = Math.ceil(milliseconds / 1000)
  return {
    code: 'timeout',
    message: `The server did not answer ${path} within ${seconds} s.`,
    hint: 'It may be busy, or hang: look at its log, and try again or restart it.',
  }
}

export const calledOff: Failure = { code: 'stopped', message: 'It was called off.', hint: '' }

/** What an answer that is no success means. `words` is what the server says itself. */
export function failureOfStatus(status: number, path: string, words: string, target: ServerTarget): Failure {
  const said = words === '' ? '' : ` It says: ${words}`
  if (status === 401 || status === 403) return keyNeeded(status, path, target)
  if (status >= 300 && status < 400) {
    return {
      code: 'redirected',
      message: `The server redirects ${path} elsewhere (HTTP ${status}); redirects are not followed.`,
      hint: 'Is another program listening on this port?',
    }
  }
  if (status === 503) {
    const isLoading = words === '' || /\bload/i.test(words)
    const message = isLoading ? 'The model is still loading' : 'The server has no room at the moment'
    return {
      code: isLoading ? 'loading' : 'busy',
      message: `${message} (HTTP 503).${said}`,
      hint: 'Try again in a moment.',
    }
  }
  if (NO_MODEL.test(words) && (status === 404 || status === 400)) {
    return { code: 'no-such-model', message: `The server does not have this model.${said}`, hint: 'List them anew.' }
  }
  if (status === 404 || status === 405 || status === 501) {
    return {
      code: 'not-supported',
      message: `The server has nothing at ${path} (HTTP ${status}).${said}`,
      hint: 'It may be another version or another program than the service says.',
    }
  }
  return {
    code: 'refused',
    message: `The server answered ${path} with HTTP ${status}.${said}`,
    hint: 'Its log may say more.',
  }
}

function keyNeeded(status: number, path: string, { key, keyVariable }: ServerTarget): Failure {
  const code = 'key-needed'
  if (keyVariable === null) {
    const message = `The server wants a key for ${path} (HTTP ${status}).`
    return { code, message, hint: 'This app does not know where this kind of server takes its key from.' }
  }
  if (key !== null) {
    const message = `The server refuses the key in ${keyVariable} for ${path} (HTTP ${status}).`
    return { code, message, hint: `Check ${keyVariable}, and restart the service if it was changed while it ran.` }
  }
  const message = `The server wants a key for ${path} (HTTP ${status}), and none is known.`
  return { code, message, hint: `Give the service its key in ${keyVariable}.` }
}

/** The error of a connection in words. */
export function connectionError(error: unknown, path: string, target: ServerTarget): ServerAnswerError {
  if (error instanceof ServerAnswerError) return error
  if (isNobodyThere(error)) return new ServerAnswerError(notRunning(target))
  const why = error instanceof Error ? error.message : String(error)
  return new ServerAnswerError({
    code: 'connection-lost',
    message: `The connection broke while ${path} was asked: ${why}.`,
    hint: 'The server may have ended or be restarting.',
  })
}

/** The answer is not of the form that this kind of server gives. */
export function unexpectedAnswer(path: string, expected: string, answer: unknown): ServerAnswerError {
  return new ServerAnswerError({
    code: 'bad-answer',
    message: `${path}: expected ${expected}, got ${inWords(answer)}.`,
    hint: 'Is another program, or another version of the server, listening on this port?',
  })
}

function inWords(answer: unknown): string {
  if (answer === null || answer === undefined) return 'nothing'
  const text = JSON.stringify(answer)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

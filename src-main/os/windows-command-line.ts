import { ProcessError } from './process-error.ts'

/** CreateProcessW takes this many UTF-16 units, the NUL at the end included. */
export const MAX_COMMAND_LINE = 32_767
/** cmd.exe takes this many. */
const MAX_BATCH_LINE = 8_191

/**
 * One argument such that CommandLineToArgvW and the C libraries read exactly it: quoted if it is empty or contains space,
 * tab, line break or quotes; backslashes are doubled where quotes follow, also the closing ones.
 */
export function quoteArgument(argument: string): string {
  if (argument !== '' && !/[ \t\n\v"]/.test(argument)) return argument
  const escaped = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')
  return `"${escaped}"`
}

/** The program's own name is read by a simpler rule: up to the next quotes, and backslashes mean nothing. */
function quoteProgram(program: string): string {
  if (program.includes('"')) {
    throw new ProcessError('program-not-found', `expected the path of a program without quotes, got ${program}`)
  }
  return `"${program}"`
}

/**
 * Program and arguments as one command line.
 *
 * @throws ProcessError `command-too-long`
 */
export function commandLine(program: string, args: readonly string[]): string {
  const line = [quoteProgram(program), ...args.map(quoteArgument)].join(' ')
  if (line.length >= MAX_COMMAND_LINE) throw tooLong(program, line.length, MAX_COMMAND_LINE)
  return line
}

/** What stays what it is for cmd.exe and for the batch file without quotes. */
const PLAIN = /^[\w\-.:\\/+@]+$/
/** cmd.exe reads these inside quotes, too, and knows no way of writing them that every batch file leaves alone. */
const UNSAFE: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/"/, 'quotes'],
  [/%/, 'a percent sign'],
  [/[\r\n]/, 'a line break'],
  [/\0/, 'a NUL character'],
]

/**
 * A batch file (`.cmd`, `.bat`) and its arguments for cmd.exe. It has no escaping that holds for everything: its parser runs
 * before, and again inside, the batch file ("BatBadBut"). So what cannot be passed safely is refused.
 *
 * `/d`: no commands from the registry first; `/v:off`: `!` means nothing; `/s /c`: the outermost quotes are removed and
 * the rest is taken as it is.
 *
 * @param shell path of cmd.exe
 * @throws ProcessError `command-not-safe`, `command-too-long`
 */
export function batchCommandLine(shell: string, script: string, args: readonly string[]): string {
  for (const text of [script, ...args]) {
    const unsafe = UNSAFE.find(([pattern]) => pattern.test(text))
    if (unsafe !== undefined) throw notSafe(script, unsafe[1])
  }
  const line = `${quoteProgram(shell)} /d /v:off /s /c "${[`"${script}"`, ...args.map(quoteForBatch)].join(' ')}"`
  if (line.length >= MAX_BATCH_LINE) throw tooLong(script, line.length, MAX_BATCH_LINE)
  return line
}

function quoteForBatch(argument: string): string {
  if (PLAIN.test(argument)) return argument
  // The batch file passes it on to a program, for which a backslash before quotes has a meaning.
  return `"${argument.replace(/(\\+)$/, '$1$1')}"`
}

function notSafe(script: string, what: string): ProcessError {
  return new ProcessError(
    'command-not-safe',
    `"${script}" is a batch file, and cmd.exe, which has to run it, would misread an argument that contains ${what}`,
    'Leave that out, or start the program that the batch file runs itself.',
  )
}

function tooLong(program: string, length: number, limit: number): ProcessError {
  return new ProcessError(
    'command-too-long',
    `the command line of "${program}" is too long: ${length} of at most ${limit - 1} characters`,
    'Shorten the arguments.',
  )
}

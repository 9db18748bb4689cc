// Not --max-tokens, --tokenizer or --token-ms, which say how a model is run.
const SECRET_OPTION = /^--?(?![\w-]*-ms$)[\w-]*(api[-_]?key|token(?!s|iz)|secret|password|passwd|auth(?!or))[\w-]*$/i
const MASK = '•••'

/**
 * A command line as people, records and logs may see it: the values of options that look like secrets are masked. Keys
 * belong into the environment; this is for those who put them into the arguments all the same.
 */
export function redactCommand(command: readonly string[]): string[] {
  return command.map((argument, index) => {
    const equals = argument.indexOf('=')
    if (equals > 0 && SECRET_OPTION.test(argument.slice(0, equals))) return `${argument.slice(0, equals)}=${MASK}`
    const before = command[index - 1]
    const isValue = before !== undefined && SECRET_OPTION.test(before) && !argument.startsWith('-')
    return isValue ? MASK : argument
  })
}

/** For reading only: arguments with spaces or quotes are shown in double quotes. Never given to a shell. */
export function formatCommand(command: readonly string[]): string {
  return command.map((argument) => (/^[^\s"']+$/.test(argument) ? argument : JSON.stringify(argument))).join(' ')
}

/**
 * What a program reads from its command line, by the documented rules of Microsoft's C libraries ("Parsing C command-line
 * arguments"; CommandLineToArgvW agrees but for `""` inside quotes, which none of ours contains).
 */
export function parseCommandLine(line: string): string[] {
  const args: string[] = []
  let rest = line
  // The program's name: backslashes mean nothing.
  const program = /^"([^"]*)"|^([^ \t]*)/.exec(rest)
  args.push(program?.[1] ?? program?.[2] ?? '')
  rest = rest.slice(program?.[0].length ?? 0)
  while (true) {
    rest = rest.replace(/^[ \t]+/, '')
    if (rest === '') return args
    const { argument, length } = readArgument(rest)
    args.push(argument)
    rest = rest.slice(length)
  }
}

function readArgument(text: string): { argument: string; length: number } {
  let argument = ''
  let isQuoted = false
  let at = 0
  while (at < text.length && (isQuoted || !/[ \t]/.test(text.charAt(at)))) {
    const [backslashes = ''] = /^\\*/.exec(text.slice(at)) ?? []
    at += backslashes.length
    if (text.charAt(at) === '"') {
      argument += '\\'.repeat(Math.floor(backslashes.length / 2))
      if (backslashes.length % 2 === 1) argument += '"'
      else isQuoted = !isQuoted
      at += 1
    } else {
      argument += backslashes
      if (backslashes === '') {
        argument += text.charAt(at)
        at += 1
      }
    }
  }
  return { argument, length: at }
}

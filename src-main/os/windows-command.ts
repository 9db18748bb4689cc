import { statSync } from 'node:fs'
import { win32 as path } from 'node:path'
import { ProcessError } from './process-error.ts'
import { batchCommandLine, commandLine } from './windows-command-line.ts'

export interface WindowsCommand {
  /** Whole path of the program that Windows starts. */
  readonly application: string
  readonly commandLine: string
}

export interface CommandSource {
  /** What the program's path is relative to. */
  readonly cwd: string
  /** Where Windows is installed. */
  readonly systemRoot: string
  /** Looks at the disk; for tests of other systems. */
  readonly kindOf?: (file: string) => FileKind
}

type FileKind = 'file' | 'folder' | 'nothing'

/** What can be left out of a program's name, in the order in which cmd.exe looks. */
const EXTENSIONS = ['.com', '.exe', '.bat', '.cmd'] as const
const BATCH: ReadonlySet<string> = new Set(['.bat', '.cmd'])
/** From this length on, a path needs the form that begins with \\?\ unless a registry key says otherwise. */
const MAX_PATH = 260

/**
 * What CreateProcessW is to be told for a program and its arguments. A batch file needs cmd.exe; other scripts are refused,
 * since Windows knows how to open them but not how to run them.
 *
 * @param command the program as a path, with or without its extension
 * @throws ProcessError `program-not-executable`, `command-not-safe`, `command-too-long`
 */
export function windowsCommand(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, systemRoot, kindOf = lookAt }: CommandSource,
): WindowsCommand {
  const file = withExtension(path.resolve(cwd, program), kindOf)
  if (kindOf(file) === 'folder') {
    const hint = 'Give the path of the program in it.'
    throw new ProcessError('program-not-executable', `"${file}" is a folder, not a program`, hint)
  }
  const extension = path.extname(file).toLowerCase()
  if (extension === '.ps1') {
    throw new ProcessError(
      'program-not-executable',
      `"${file}" is a PowerShell script, which Windows does not run by itself`,
      'Give powershell.exe as the program, and "-NoProfile", "-File" and the path of the script as its first arguments.',
    )
  }
  if (BATCH.has(extension)) {
    // Not ComSpec: a variable is no place to take a program from.
    const shell = path.join(systemRoot, 'System32', 'cmd.exe')
    return { application: shell, commandLine: batchCommandLine(shell, file, args) }
  }
  const application = file.length < MAX_PATH ? file : path.toNamespacedPath(file)
  return { application, commandLine: commandLine(file, args) }
}

function withExtension(file: string, kindOf: (file: string) => FileKind): string {
  const candidates = [file, ...EXTENSIONS.map((extension) => file + extension)]
  return candidates.find((candidate) => kindOf(candidate) === 'file') ?? file
}

function lookAt(file: string): FileKind {
  const info = statSync(file, { throwIfNoEntry: false })
  if (info === undefined) return 'nothing'
  return info.isDirectory() ? 'folder' : 'file'
}

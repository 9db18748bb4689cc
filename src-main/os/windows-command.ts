import { statSync } from 'node:fs'
import { win32 as path } from 'node:path'
import { foldName } from './native/win32/environment-block.ts'
import { ProcessError } from './process-error.ts'
import type { StartOptions } from './started-process.ts'
import { batchCommandLine, commandLine } from './windows-command-line.ts'

export interface WindowsCommand {
  /** Whole path of what is meant: the program, or the batch file that another program runs. */
  readonly file: string
  /** Whole path of the program that Windows starts. */
  readonly application: string
  readonly commandLine: string
}

export interface CommandSource {
  /** What the program's path is relative to. */
  readonly cwd: string
  /** Where Windows is installed. */
  readonly systemRoot: string
  /** The folders in which a program without a path is looked for, as in PATH. */
  readonly searchPath: string
  /** Default: looks at the disk. */
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
 * @param command the program as a path or a name, with or without its extension. A name is looked for in PATH, never in
 * the current folder, as Windows itself would
 * @throws ProcessError `program-not-executable`, `command-not-safe`, `command-too-long`; a system error `ENOENT`
 */
export function windowsCommand(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, systemRoot, searchPath, kindOf = lookAt }: CommandSource,
): WindowsCommand {
  const file = find(program, cwd, searchPath, kindOf)
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
    return { file, application: shell, commandLine: batchCommandLine(shell, file, args) }
  }
  const application = file.length < MAX_PATH ? file : path.toNamespacedPath(file)
  return { file, application, commandLine: commandLine(file, args) }
}

function find(program: string, cwd: string, searchPath: string, kindOf: (file: string) => FileKind): string {
  const isPath = /[\\/]/.test(program)
  const places = isPath ? [path.resolve(cwd, program)] : inFolders(program, searchPath)
  const candidates = places.flatMap((place) => [place, ...EXTENSIONS.map((extension) => place + extension)])
  const accepted: readonly FileKind[] = isPath ? ['file', 'folder'] : ['file']
  for (const kind of accepted) {
    const file = candidates.find((candidate) => kindOf(candidate) === kind)
    if (file !== undefined) return file
  }
  throw Object.assign(new Error(`no such program: ${program}`), { code: 'ENOENT' })
}

function inFolders(name: string, searchPath: string): string[] {
  const folders = searchPath.split(path.delimiter).map((folder) => folder.replaceAll('"', ''))
  // A relative one, or one of the current drive, depends on where this process happens to be.
  const fixed = folders.filter((folder) => path.isAbsolute(folder) && path.parse(folder).root.length > 1)
  return fixed.map((folder) => path.join(folder, name))
}

function lookAt(file: string): FileKind {
  const info = statSync(file, { throwIfNoEntry: false })
  if (info === undefined) return 'nothing'
  return info.isDirectory() ? 'folder' : 'file'
}

/** The command of these options, on this machine. Throws as {@link windowsCommand}, and a TypeError for a NUL character. */
export function windowsCommandOf({ command, cwd = process.cwd(), env = process.env }: StartOptions): WindowsCommand {
  if ([...command, cwd].some((text) => text.includes('\0'))) throw new TypeError('a NUL character in the command')
  const searchPath = Object.entries(env).findLast(([name]) => foldName(name) === 'PATH')?.[1] ?? ''
  return windowsCommand(command, { cwd, systemRoot: process.env.SystemRoot ?? 'C:\\Windows', searchPath })
}

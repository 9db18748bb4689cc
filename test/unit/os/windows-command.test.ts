import { describe, expect, it } from 'vitest'
import { jobName } from '../../../src-main/os/native/win32/run-jobs.ts'
import { systemError } from '../../../src-main/os/native/win32/system-error.ts'
import { windowsCommand } from '../../../src-main/os/windows-command.ts'

function commandFor(
  command: readonly [string, ...string[]],
  files: readonly string[],
  folders: readonly string[] = [],
) {
  return windowsCommand(command, {
    cwd: 'C:\\work',
    systemRoot: 'C:\\Windows',
    searchPath: 'relative;C:\\first;;"C:\\sec;ond";\\ofdrive;C:\\third\\',
    kindOf: (file) => (files.includes(file) ? 'file' : folders.includes(file) ? 'folder' : 'nothing'),
  })
}

describe('what Windows is told to start', () => {
  it('is the program itself, by its whole path, with its arguments quoted', () => {
    const program = 'C:\\Program Files\\Ollama\\ollama.exe'
    expect(commandFor([program, 'serve', 'a b'], [program])).toEqual({
      file: program,
      application: program,
      commandLine: `"${program}" serve "a b"`,
    })
  })

  it('is found relative to the working directory, and without its extension', () => {
    expect(commandFor(['bin\\server'], ['C:\\work\\bin\\server.exe']).application).toBe('C:\\work\\bin\\server.exe')
    expect(commandFor(['./server.exe'], ['C:\\work\\server.exe']).application).toBe('C:\\work\\server.exe')
    // As cmd.exe would have it: a program before a script of the same name.
    const both = ['C:\\x\\server.cmd', 'C:\\x\\server.exe']
    expect(commandFor(['C:\\x\\server'], both).application).toBe('C:\\x\\server.exe')
  })

  it('is looked for in PATH if it is only a name, and neither in the current folder nor in relative ones', () => {
    const files = ['C:\\work\\server.exe', 'C:\\work\\relative\\server.exe', 'C:\\third\\server.exe']
    expect(commandFor(['server'], files).application).toBe('C:\\third\\server.exe')
    expect(commandFor(['server.exe'], files).application).toBe('C:\\third\\server.exe')
    expect(commandFor(['server'], ['C:\\first\\server.cmd', ...files]).file).toBe('C:\\first\\server.cmd')
  })

  it('is an error if nothing is there', () => {
    const expected = expect.objectContaining({ code: 'ENOENT' })
    expect(() => commandFor(['C:\\x\\server.exe'], [])).toThrow(expected)
    expect(() => commandFor(['server'], ['C:\\work\\server.exe'])).toThrow(expected)
  })

  it('is cmd.exe of the system for a batch file, also if its extension is left out or in capitals', () => {
    for (const [given, file] of [
      ['C:\\x\\run.cmd', 'C:\\x\\run.cmd'],
      ['C:\\x\\run', 'C:\\x\\run.bat'],
      ['C:\\x\\RUN.BAT', 'C:\\x\\RUN.BAT'],
    ] as const) {
      expect(commandFor([given, '--port', '1'], [file])).toEqual({
        file,
        application: 'C:\\Windows\\System32\\cmd.exe',
        commandLine: `"C:\\Windows\\System32\\cmd.exe" /d /v:off /s /c ""${file}" --port 1"`,
      })
    }
  })

  it('is refused for a PowerShell script and a folder, with what to do instead', () => {
    const code = 'program-not-executable'
    expect(() => commandFor(['C:\\x\\run.PS1'], ['C:\\x\\run.PS1'])).toThrow(
      expect.objectContaining({ code, hint: expect.stringContaining('powershell.exe') }),
    )
    expect(() => commandFor(['C:\\x'], [], ['C:\\x'])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('is a folder') }),
    )
  })

  it('has the form without a limit if its path is long; the program sees its usual name', () => {
    const program = `C:\\${'d'.repeat(100)}\\${'e'.repeat(100)}\\${'f'.repeat(100)}\\server.exe`
    expect(commandFor([program], [program])).toEqual({
      file: program,
      application: `\\\\?\\${program}`,
      commandLine: `"${program}"`,
    })
  })
})

describe('a job’s name', () => {
  it('tells which run it belongs to, in the namespace of the session', () => {
    expect(jobName({ name: 'AGENTOS_RUN', value: '0f3a-11' })).toBe('Local\\agentos-AGENTOS_RUN-0f3a-11')
  })

  it('is a digest where the value has what no name may contain, or is long', () => {
    const names = ['a\\b', 'a b', 'x'.repeat(300)].map((value) => jobName({ name: 'M', value }))
    for (const name of names) expect(name).toMatch(/^Local\\agentos-[0-9a-f]{64}$/)
    expect(new Set(names).size).toBe(3)
  })
})

describe('an error of Windows', () => {
  it.each([
    [2, 'ENOENT'],
    [3, 'ENOENT'],
    [5, 'EACCES'],
    [193, 'ENOEXEC'],
    [267, 'ENOENT'],
    [740, 'EACCES'],
    [99_999, 'UNKNOWN'],
  ])('%i has the code %s, and its own number in its message', (number, code) => {
    const error = systemError('CreateProcessW', number)
    expect(error).toMatchObject({ code, syscall: 'CreateProcessW' })
    expect(error.message).toContain(`Windows error ${number}`)
  })
})

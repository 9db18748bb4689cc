import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type LoginEnvironmentOptions, loginEnvironment } from '../../../src-main/os/login-environment.ts'
import {
  cleanUpProcesses,
  closeLater,
  endLater,
  findLeftovers,
  isAlive,
  waitUntilGone,
} from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

// The answer is there a moment before the shell has ended: its start-up files may have it do something then.
beforeEach(() => {
  const isShell = ({ command }: { command: string }) => command.includes('/usr/bin/env -0')
  closeLater(() => waitFor(() => !findLeftovers().some(isShell), { what: 'the end of the shell' }))
})

/** As an app gets it that is started from a menu, with this home's start-up files. */
function bareEnvironment(home: string): Record<string, string> {
  const { AGENTOS_TEST = '' } = process.env
  return { HOME: home, PATH: '/usr/bin:/bin', USER: 'somebody', AGENTOS_TEST }
}

function ask(profile: string, options: LoginEnvironmentOptions = {}) {
  const home = temporaryDirectory()
  writeFileSync(join(home, '.bash_profile'), profile)
  const env = { ...bareEnvironment(home), ...options.env }
  const rest = { platform: 'darwin', shell: '/bin/bash', home } as const
  return { home, env, answer: loginEnvironment({ ...rest, ...options, env }) }
}

describe.runIf(process.platform !== 'win32')('the environment of the login shell', () => {
  it('completes that of an app which was not started in a terminal', async () => {
    const profile = `
      export PATH="/opt/tools/bin:$PATH:/opt/more/bin"
      export HF_HOME=/models
      export MANY_LINES=$'one\\ntwo=2\\n\\nfour'
      export USER=another
      NOT_EXPORTED=1`
    const { answer } = ask(profile)
    const found = await answer
    // The system's own start-up files may have their say, too.
    expect(found.PATH).toMatch(/^\/opt\/tools\/bin:/)
    expect(found.PATH?.split(':')).toEqual(expect.arrayContaining(['/usr/bin', '/bin', '/opt/more/bin']))
    expect(found).toMatchObject({ HF_HOME: '/models', MANY_LINES: 'one\ntwo=2\n\nfour', USER: 'somebody' })
    expect(found).not.toHaveProperty('NOT_EXPORTED')
    for (const name of ['PWD', 'OLDPWD', '_', 'SHLVL', 'AGENTOS_LOGIN_ENVIRONMENT'])
      expect(found).not.toHaveProperty(name)
  })

  it('keeps what the app had in PATH and the shell has not, without doubles', async () => {
    const { answer } = ask('export PATH=/opt/only:/bin:/opt/only')
    expect((await answer).PATH).toBe('/opt/only:/bin:/usr/bin')
  })

  it('also comes from interactive start-up files', async () => {
    const { answer } = ask('case $- in *i*) export WAS_INTERACTIVE=1 ;; esac')
    expect((await answer).WAS_INTERACTIVE).toBe('1')
  })

  it('is found whatever start-up files print', async () => {
    const { answer } = ask(
      'echo "Welcome!"; env -0; printf "\\0\\0=\\0"; echo oops >&2; export FOUND=yes; trap "echo bye" EXIT',
    )
    expect((await answer).FOUND).toBe('yes')
  })

  it('does not wait for what start-up files put into the background', async () => {
    const { home, answer } = ask('sleep 50 & echo $! > "$HOME/pid"; export FOUND=yes', { timeoutMs: 40_000 })
    expect((await answer).FOUND).toBe('yes')
    const pid = endLater(Number(readFileSync(join(home, 'pid'), 'utf8')))
    expect(isAlive(pid)).toBe(true)
  })

  it('gets no input: a question in a start-up file is not waited for', async () => {
    const { answer } = ask('read -r answer; export FOUND="yes$answer"', { timeoutMs: 40_000 })
    expect((await answer).FOUND).toBe('yes')
  })

  it('can be told apart in start-up files', async () => {
    const { answer } = ask('[ -n "$AGENTOS_LOGIN_ENVIRONMENT" ] && export FOUND=yes')
    expect((await answer).FOUND).toBe('yes')
  })

  it('is asked for on Linux, too', async () => {
    const { answer } = ask('export FOUND=yes', { platform: 'linux' })
    expect((await answer).FOUND).toBe('yes')
  })

  it('comes from a plain POSIX shell as well', async () => {
    const home = temporaryDirectory()
    writeFileSync(join(home, '.profile'), 'export FOUND=yes')
    const env = bareEnvironment(home)
    expect((await loginEnvironment({ env, platform: 'linux', shell: '/bin/sh', home })).FOUND).toBe('yes')
  })

  it('is the shell that SHELL names', async () => {
    const home = temporaryDirectory()
    writeFileSync(join(home, '.bash_profile'), 'export FOUND=yes')
    const env = { ...bareEnvironment(home), SHELL: '/bin/bash' }
    expect((await loginEnvironment({ env, platform: 'darwin', home })).FOUND).toBe('yes')
  })
})

describe.runIf(process.platform !== 'win32')('without an answer', () => {
  const usual = (home: string) =>
    `/usr/bin:/bin:/opt/homebrew/bin:/opt/homebrew/sbin:/usr/local/bin:/usr/sbin:/sbin:${home}/.local/bin`

  it('in time, the shell is ended with all it started, and the usual folders are added', async () => {
    const { home, env, answer } = ask('sleep 1000 & echo $! > "$HOME/child"; echo $$ > "$HOME/shell"; wait', {
      timeoutMs: 1500,
    })
    const pidIn = (name: string) =>
      waitFor(() => existsSync(join(home, name)) && Number(readFileSync(join(home, name), 'utf8')), { what: name })
    const pids = [endLater(await pidIn('child')), endLater(await pidIn('shell'))]
    expect(await answer).toEqual({ ...env, PATH: usual(home) })
    for (const pid of pids) await waitUntilGone(pid)
  })

  it('because it prints without end, it is ended', async () => {
    const { home, env, answer } = ask('echo $$ > "$HOME/shell"; while :; do printf "%01000d" 0; done', {
      timeoutMs: 60_000,
    })
    expect(await answer).toEqual({ ...env, PATH: usual(home) })
    await waitUntilGone(Number(readFileSync(join(home, 'shell'), 'utf8')))
  })

  it.each([
    ['ends early', '/bin/bash', 'exit 3'],
    ['is none', '/bin/false', ''],
    ['is not there', '/no/such/shell', ''],
  ])('because the shell %s, the usual folders are added', async (_what, shell, profile) => {
    const { home, env, answer } = ask(profile, { shell })
    expect(await answer).toEqual({ ...env, PATH: usual(home) })
  })

  it('there are fewer usual folders on Linux', async () => {
    const { home, answer } = ask('', { shell: '/bin/false', platform: 'linux' })
    expect((await answer).PATH).toBe(`/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin:${home}/.local/bin`)
  })
})

describe('no shell is asked', () => {
  it.each([
    ['on Windows', 'win32', {}],
    ['by an app that was started in a terminal', 'darwin', { TERM: 'xterm-256color', SHLVL: '1' }],
    ['by an app that was started in a terminal on Linux', 'linux', { TERM: 'xterm', SHLVL: '2' }],
  ] as const)('%s', async (_what, platform, more) => {
    const { home, env, answer } = ask('touch "$HOME/asked"', { platform, env: more })
    expect(await answer).toEqual(env)
    expect(existsSync(join(home, 'asked'))).toBe(false)
  })
})

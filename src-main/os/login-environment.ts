import { randomBytes } from 'node:crypto'
import { homedir, userInfo } from 'node:os'
import { posix } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { identify } from './processes/identity.ts'
import { startProcessCrossPlatform } from './spawn.ts'
import type { ProcessHandle } from './started-process.ts'
import { stopTree } from './stop-tree.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface LoginEnvironmentOptions {
  /** The environment to complete. Default: this process's own. */
  readonly env?: Environment
  readonly platform?: NodeJS.Platform
  readonly home?: string
  /** Default: `SHELL`, or what the system has for this user. */
  readonly shell?: string
  /** Default: 5000. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 5_000
/** Far more than an environment may have; a start-up file that prints without end is not followed. */
const MAX_OUTPUT = 4 * 1024 * 1024

/** Lists separated by colons: what the login shell adds comes first, what is there already stays. */
const LISTS: ReadonlySet<string> = new Set([
  'PATH',
  'MANPATH',
  'INFOPATH',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'DYLD_FALLBACK_LIBRARY_PATH',
  'PKG_CONFIG_PATH',
  'PYTHONPATH',
])

/** About that one shell, not about the person who is logged in. */
const OF_THE_SHELL = /^(?:_|PWD|OLDPWD|SHLVL|TERM|COLUMNS|LINES|AGENTOS_.*|BASH_FUNC_.*)$/

/** Start-up files can leave out what is slow, or needs a terminal, while it is set. Also marks what they start. */
const MARKER = 'AGENTOS_LOGIN_ENVIRONMENT'

/**
 * The environment that programs have when this user starts them in a terminal. An app that was started from the Finder, the
 * Dock or a desktop's menu has a bare one: not what the shell's start-up files set, and on macOS not even Homebrew's PATH. So the
 * login shell is asked, once. Of what it says, variables that are missing and lists such as PATH are taken over; nothing
 * that is set is replaced. Without an answer in time the folders that most people have in PATH are added.
 *
 * On Windows, and for an app that was started in a terminal, this is the environment as it is. Never rejects.
 *
 * @returns a complete environment; nothing is changed
 */
export async function loginEnvironment(options: LoginEnvironmentOptions = {}): Promise<NodeJS.ProcessEnv> {
  const { env = process.env, platform = process.platform, home = homedir() } = options
  if (platform === 'win32' || isFromTerminal(env)) return { ...env }
  const { shell = shellOf(env), timeoutMs = TIMEOUT_MS } = options
  const found = shell === null ? null : await askShell(shell, env, home, timeoutMs).catch(() => null)
  return found === null ? withUsualFolders(env, platform, home) : completed(env, found)
}

function isFromTerminal({ TERM = '', SHLVL = '' }: Environment): boolean {
  return TERM !== '' && TERM !== 'dumb' && Number(SHLVL) >= 1
}

function shellOf({ SHELL = '' }: Environment): string | null {
  if (posix.isAbsolute(SHELL)) return SHELL
  try {
    return userInfo().shell
  } catch {
    return null // The system does not know this user, as in some containers.
  }
}

/** Null if it ended without an answer, or gave none in time. */
async function askShell(shell: string, env: Environment, home: string, timeoutMs: number): Promise<Environment | null> {
  const marker = { name: MARKER, value: randomBytes(16).toString('hex') }
  const mark = randomBytes(16).toString('hex')
  // In words that all shells understand, csh and fish too. The second one is for macOS before 13, whose env has no -0.
  const variables = `/usr/bin/env -0 || /usr/bin/awk 'BEGIN { for (name in ENVIRON) printf "%s=%s%c", name, ENVIRON[name], 0 }'`
  const script = `printf %s ${mark}; ${variables}; printf %s ${mark}`
  const handle = await startProcessCrossPlatform({
    command: [shell, ...shellFlags(shell), script],
    cwd: home,
    env: { ...env, [marker.name]: marker.value },
    captureOutput: true,
  })
  // Now, while it is certain whose pid it is.
  const identity = await identify(handle.pid)
  const output = await readBetween(handle, mark, timeoutMs)
  if (output === null && identity !== null) {
    await stopTree(identity, { graceMs: 0, force: true, marker, watchedToItsEnd: true })
  }
  return output === null ? null : parse(output)
}

/** csh takes no further flag beside -l. */
function shellFlags(shell: string): readonly string[] {
  return /^t?csh$/.test(posix.basename(shell)) ? ['-ic'] : ['-ilc']
}

/**
 * What is printed between the first two marks; null without both. The end of the output is not waited for: what start-up
 * files have put into the background may hold it open.
 */
function readBetween({ stdout, stderr }: ProcessHandle, mark: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const decoder = new StringDecoder('utf8')
    let text = ''
    const settle = (answer: string | null) => {
      clearTimeout(timer)
      stdout?.destroy()
      stderr?.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => settle(null), timeoutMs)
    const read = () => {
      const [, between, rest] = text.split(mark, 3)
      return between === undefined || rest === undefined ? null : between
    }
    stdout?.on('data', (chunk: Buffer) => {
      text += decoder.write(chunk)
      const answer = read()
      if (answer !== null || text.length > MAX_OUTPUT) settle(answer)
    })
    stdout?.once('end', () => settle(read()))
    // Complaints about a missing terminal are nobody's business.
    stderr?.resume()
  })
}

function parse(output: string): Environment {
  const pairs = output.split('\0').flatMap((entry) => {
    const equals = entry.indexOf('=')
    return equals < 1 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)] as const]
  })
  return Object.fromEntries(pairs)
}

function completed(env: Environment, login: Environment): NodeJS.ProcessEnv {
  const result = { ...env }
  for (const [name, value] of Object.entries(login)) {
    if (OF_THE_SHELL.test(name)) continue
    if (LISTS.has(name)) result[name] = joined(value, env[name])
    else result[name] ??= value
  }
  return result
}

function withUsualFolders(env: Environment, platform: NodeJS.Platform, home: string): NodeJS.ProcessEnv {
  const own = posix.join(home, '.local/bin')
  const folders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin', own]
  const usual = platform === 'darwin' ? ['/opt/homebrew/bin', '/opt/homebrew/sbin', ...folders] : folders
  return { ...env, PATH: joined(env.PATH, usual.join(':')) }
}

/** Each entry once. */
function joined(first = '', second = ''): string {
  return [...new Set([...first.split(':'), ...second.split(':')])].filter((entry) => entry !== '').join(':')
}

import { constants } from 'node:os'
import { loadKoffi } from './koffi.ts'

/** What a program is started with; all of it is given, nothing inherited. */
export interface NativeSpawnOptions {
  /** A path, absolute or relative to `cwd`: it is not looked for in PATH. */
  readonly program: string
  /** Arguments, the first being the program's own name for itself. */
  readonly argv: readonly string[]
  /** `NAME=value` each. */
  readonly environment: readonly string[]
  readonly cwd: string
  /** Open descriptors that become its stdout and stderr; its stdin is empty. */
  readonly stdout: number
  readonly stderr: number
}

/** How a child ended, as waitpid(2) tells. */
export interface NativeExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface PosixSpawner {
  /**
   * Starts a program as leader of its own session, with every signal as a new process expects it.
   *
   * @returns its pid; the program has taken the place of this one's copy
   * @throws a system error like Node's, with a `code` such as `ENOENT`
   */
  spawn(options: NativeSpawnOptions): number
  /** Reaps the child if it has ended; null while it runs. @throws a system error if it is not a child of ours */
  reap(pid: number): NativeExit | null
}

// <spawn.h> and <sys/wait.h> of Linux; glibc and musl agree on these.
const SPAWN_SETSIGDEF = 0x04
const SPAWN_SETSIGMASK = 0x08
const SPAWN_SETSID = 0x80
const WNOHANG = 1
const O_RDONLY = 0
const FIRST_FREE_DESCRIPTOR = 3
/** More than posix_spawnattr_t (336 bytes) and posix_spawn_file_actions_t (80) take in either library. */
const OPAQUE_BYTES = 1024
/** sigset_t of both libraries. */
const SIGNAL_SET_BYTES = 128

const namesOf = (numbers: object) => new Map(Object.entries(numbers).map(([name, number]) => [number as number, name]))
const signalNames = namesOf(constants.signals)
const errorNames = namesOf(constants.errno)

let loading: Promise<PosixSpawner | null> | undefined

/**
 * posix_spawn(3) of the system's C library; null where it or koffi is missing. Why: it does not copy the page tables of
 * this process, which takes a large one 2 to 10 ms for each start.
 */
export function loadPosixSpawner(): Promise<PosixSpawner | null> {
  loading ??= process.platform === 'linux' ? bind() : Promise.resolve(null)
  return loading
}

async function bind(): Promise<PosixSpawner | null> {
  const koffi = await loadKoffi()
  if (koffi === null) return null
  try {
    return bindTo(koffi)
  } catch {
    return null // An older C library: it lacks posix_spawn_file_actions_addchdir_np (glibc 2.29, musl 1.1.24).
  }
}

function bindTo(koffi: NonNullable<Awaited<ReturnType<typeof loadKoffi>>>): PosixSpawner {
  const libc = koffi.load(null)
  const posixSpawn = libc.func(
    'int posix_spawn(_Out_ int *pid, const char *path, void *actions, void *attributes, const char **argv, const char **envp)',
  )
  const actionsInit = libc.func('int posix_spawn_file_actions_init(void *actions)')
  const actionsDestroy = libc.func('int posix_spawn_file_actions_destroy(void *actions)')
  const addOpen = libc.func(
    'int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, unsigned int mode)',
  )
  const addDup2 = libc.func('int posix_spawn_file_actions_adddup2(void *actions, int fd, int newFd)')
  const addChdir = libc.func('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)')
  const addCloseFrom = optional(() =>
    libc.func('int posix_spawn_file_actions_addclosefrom_np(void *actions, int from)'),
  )
  const attributesInit = libc.func('int posix_spawnattr_init(void *attributes)')
  const setFlags = libc.func('int posix_spawnattr_setflags(void *attributes, short flags)')
  const setSignalDefaults = libc.func('int posix_spawnattr_setsigdefault(void *attributes, const void *set)')
  const setSignalMask = libc.func('int posix_spawnattr_setsigmask(void *attributes, const void *set)')
  const waitpid = libc.func('int waitpid(int pid, _Out_ int *status, int options)')

  const check = (call: string, errno: number) => {
    if (errno !== 0) throw systemError(call, errno)
  }

  const attributes = Buffer.alloc(OPAQUE_BYTES)
  check('posix_spawnattr_init', attributesInit(attributes))
  check('posix_spawnattr_setflags', setFlags(attributes, SPAWN_SETSID | SPAWN_SETSIGDEF | SPAWN_SETSIGMASK))
  // All to their default (this process ignores SIGPIPE, which a child would inherit), and none blocked.
  check('posix_spawnattr_setsigdefault', setSignalDefaults(attributes, Buffer.alloc(SIGNAL_SET_BYTES, 0xff)))
  check('posix_spawnattr_setsigmask', setSignalMask(attributes, Buffer.alloc(SIGNAL_SET_BYTES)))

  const fillActions = (actions: Buffer, { cwd, stdout, stderr }: NativeSpawnOptions) => {
    check('addopen', addOpen(actions, 0, '/dev/null', O_RDONLY, 0))
    check('adddup2', addDup2(actions, stdout, 1))
    check('adddup2', addDup2(actions, stderr, 2))
    // Nothing else of this process is a service's business, close-on-exec or not.
    if (addCloseFrom !== null) check('addclosefrom_np', addCloseFrom(actions, FIRST_FREE_DESCRIPTOR))
    check('addchdir_np', addChdir(actions, cwd))
  }

  return {
    spawn(options) {
      const actions = Buffer.alloc(OPAQUE_BYTES)
      check('posix_spawn_file_actions_init', actionsInit(actions))
      try {
        fillActions(actions, options)
        const pid: [number] = [0]
        const { program, argv, environment } = options
        check('posix_spawn', posixSpawn(pid, program, actions, attributes, [...argv, null], [...environment, null]))
        return pid[0]
      } finally {
        actionsDestroy(actions)
      }
    },
    reap(pid) {
      const status: [number] = [0]
      const reaped: number = waitpid(pid, status, WNOHANG)
      if (reaped === 0) return null
      if (reaped < 0) throw systemError('waitpid', koffi.errno())
      return toExit(status[0])
    },
  }
}

function optional<T>(load: () => T): T | null {
  try {
    return load()
  } catch {
    return null
  }
}

/** The low seven bits are the signal's number, the next byte the exit code (WTERMSIG, WEXITSTATUS). */
function toExit(status: number): NativeExit {
  const signal = status & 0x7f
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null }
  return { code: null, signal: signalNames.get(signal) ?? `SIG${signal}` }
}

function systemError(call: string, errno: number): Error {
  const code = errorNames.get(errno) ?? `errno ${errno}`
  return Object.assign(new Error(`${call} failed: ${code}`), { code, errno: -errno, syscall: call })
}

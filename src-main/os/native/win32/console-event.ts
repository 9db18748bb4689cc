import type { Handle, Win32 } from './libs.ts'

/** What a person at the keyboard of a console can send to what runs in it. */
export type ConsoleEvent = 'ctrl-break' | 'ctrl-c'

/**
 * `sent`: it is on its way. `no-console`: it has none, or not yet, or has ended. `shared`: others use that
 * console who are not to get it.
 */
export type ConsoleEventResult = 'sent' | 'no-console' | 'shared'

export interface ConsoleEvents {
  /**
   * Sends an event to processes on the console of this one: Ctrl+Break to a group, Ctrl+C to all. (A process that was
   * started as leader of a new group, and all that it starts, ignore Ctrl+C, unless they decide otherwise.)
   *
   * @param groupId the group's leader, alive or not
   * @param mayReach whether these may be reached: all that use the console, without this process
   */
  send(
    pid: number,
    event: ConsoleEvent,
    groupId: number,
    mayReach: (pids: readonly number[]) => boolean,
  ): ConsoleEventResult
  /**
   * Ends a refusal of Ctrl+C that this process may have inherited and would hand on to what it starts
   * (SetConsoleCtrlHandler).
   */
  heedCtrlC(): void
}

// <consoleapi.h>
const CTRL_C_EVENT = 0
const CTRL_BREAK_EVENT = 1
const EVERYBODY = 0
const STANDARD_HANDLES = [-10, -11, -12] as const
const FIRST_GUESS = 256
/** How long an event may take to arrive here as well. */
const IMMUNE_MS = 2_000

/**
 * GenerateConsoleCtrlEvent reaches only who shares the caller's console, so this process joins that of the service
 * (AttachConsole) for less than a millisecond. As a member it gets Ctrl+C as well: a handler that takes every event
 * keeps it alive. The handler has to be native code, since it runs on a thread of its own: GetCurrentProcessId
 * ignores its argument and returns what is not FALSE, "handled". (SetConsoleCtrlHandler(NULL, TRUE) would do for Ctrl+C
 * alone, and would be inherited by what is started meanwhile.)
 *
 * The app has no console of its own. Where this process has one, as Node in a terminal, it is left and joined again
 * by another of its members; one that this process is alone on is given up.
 */
export function bindConsoleEvents({ kernel32 }: Win32): ConsoleEvents {
  const attachConsole = kernel32.func('int __stdcall AttachConsole(uint32_t pid)')
  const freeConsole = kernel32.func('int __stdcall FreeConsole()')
  const getList = kernel32.func('uint32_t __stdcall GetConsoleProcessList(_Out_ void *pids, uint32_t count)')
  const generateEvent = kernel32.func('int __stdcall GenerateConsoleCtrlEvent(uint32_t event, uint32_t group)')
  const setHandler = kernel32.func('int __stdcall SetConsoleCtrlHandler(void *handler, int add)')
  const getStandardHandle = kernel32.func('void * __stdcall GetStdHandle(int which)')
  const setStandardHandle = kernel32.func('int __stdcall SetStdHandle(int which, void *handle)')
  const takeEvery: Handle = kernel32.symbol('GetCurrentProcessId')
  let immuneUntil: NodeJS.Timeout | 'for ever' | null = null

  /** All that use the console of this process, but for itself; null if it has none. */
  function membersOfConsole(): number[] | null {
    for (let room = FIRST_GUESS; ; room *= 2) {
      const pids = Buffer.alloc(room * 4)
      const count: number = getList(pids, room)
      if (count === 0) return null
      if (count > room) continue
      const all = Array.from({ length: count }, (_, index) => pids.readUInt32LE(index * 4))
      return all.filter((pid) => pid !== process.pid)
    }
  }

  /** Without a console of its own, no event ever comes but ours. With one, a person's Ctrl+C has to work again soon. */
  function becomeImmune(hasOwnConsole: boolean): boolean {
    if (immuneUntil === 'for ever') return true
    if (immuneUntil === null && setHandler(takeEvery, 1) === 0) return false
    if (immuneUntil !== null) clearTimeout(immuneUntil)
    immuneUntil = 'for ever'
    if (!hasOwnConsole) return true
    immuneUntil = setTimeout(() => {
      immuneUntil = null
      setHandler(takeEvery, 0)
    }, IMMUNE_MS)
    immuneUntil.unref()
    return true
  }

  const generate = (event: ConsoleEvent, groupId: number): boolean => {
    if (event === 'ctrl-c') return generateEvent(CTRL_C_EVENT, EVERYBODY) !== 0
    return generateEvent(CTRL_BREAK_EVENT, groupId) !== 0
  }

  return {
    heedCtrlC() {
      setHandler(null, 0)
    },
    send(pid, event, groupId, mayReach) {
      const own = membersOfConsole()
      if (!becomeImmune(own !== null)) return 'no-console'
      const standard = STANDARD_HANDLES.map((which) => getStandardHandle(which) as Handle | null)
      // Also without members there may be one: of a terminal that is none of Windows' own.
      freeConsole()
      try {
        if (attachConsole(pid) === 0) return 'no-console'
        try {
          const members = membersOfConsole()
          if (members === null) return 'no-console'
          if (!mayReach(members)) return 'shared'
          return generate(event, groupId) ? 'sent' : 'no-console'
        } finally {
          freeConsole()
        }
      } finally {
        own?.some((member) => attachConsole(member) !== 0)
        for (const [index, which] of STANDARD_HANDLES.entries()) setStandardHandle(which, standard[index] ?? null)
      }
    },
  }
}

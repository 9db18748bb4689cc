/** Why of a service under Wine only its first process prints in `npm run test:windows -- --kills N`. */
export const appendsOverlap =
  'Wine looks for the end of a file and then writes there, in two steps: lines of two processes into one log overlap. ' +
  'On Windows an append is one step.'

/** A test that shows what Wine 10 does otherwise than Windows. */
export interface KnownDifference {
  /** Relative to the repository. */
  readonly file: string
  /** With the names of the suites around it: "suite > test". */
  readonly test: string
  readonly reason: string
}

const noCtrlBreak = 'Wine delivers Ctrl-C alone: its server does not implement CTRL_BREAK_EVENT.'

/** These are skipped under Wine, and the reason is printed; on Windows they run. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    file: 'test/os-contract/stop.test.ts',
    test: 'a polite stop > is heard by the program, which ends as it likes and takes the time it needs',
    reason: noCtrlBreak,
  },
  {
    file: 'test/os-contract/stop.test.ts',
    test: 'a polite stop > is heard by a program in the words that it knows',
    reason: noCtrlBreak,
  },
  {
    file: 'test/os-contract/stop.test.ts',
    test: 'a polite stop > ends a whole tree that obeys, without waiting for the grace period',
    reason: noCtrlBreak,
  },
  {
    file: 'test/integration/manager/dependencies.test.ts',
    test: 'all services > are started in their order, and stopped the other way round',
    reason: noCtrlBreak,
  },
  {
    file: 'test/integration/manager/lifecycle.test.ts',
    test: 'a service > tells the return code as Python does: the exit code, or minus the signal',
    reason: noCtrlBreak,
  },
  {
    file: 'test/integration/manager/crash.test.ts',
    test: 'a stop > is no crash: the policy “always” does not start it again',
    reason: noCtrlBreak,
  },
  {
    file: 'test/integration/manager/logs.test.ts',
    test: 'the timeline of a service > marks each start with its pid and each end with its reason',
    reason: noCtrlBreak,
  },
]

/** Null if the test has to pass under Wine too. */
export function findDifference(file: string, test: string): KnownDifference | null {
  return knownDifferences.find((known) => known.file === file && known.test === test) ?? null
}

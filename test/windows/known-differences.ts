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

const noCtrlBreak =
  'Wine delivers Ctrl-C alone: Ctrl-Break ends a thread of whom it reaches instead of calling a handler.'

/** These are skipped under Wine, and the reason is printed; on Windows they run. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    file: 'test/integration/os/windows-processes.test.ts',
    test: 'a polite stop on Windows > by Ctrl+Break is heard by the root, and by nobody else',
    reason: noCtrlBreak,
  },
  {
    file: 'test/os-contract/output.test.ts',
    test: 'the output of a started program > of two that write into one file at a time is whole, line by line',
    reason: appendsOverlap,
  },
]

/** Null if the test has to pass under Wine too. */
export function findDifference(file: string, test: string): KnownDifference | null {
  return knownDifferences.find((known) => known.file === file && known.test === test) ?? null
}

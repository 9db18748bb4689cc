/** Why of a service under Wine only its first process prints in `npm run test:windows -- --kills N`. */
export const appendsOverlap =
  'Wine looks for the end of a file and then writes there, in two steps: lines of two processes into one log overlap. ' +
  'On Windows an append is one step.'

/**
 * What Wine 10 does otherwise than Windows, by the full name of the test that shows it ("describe > test"). These tests are
 * skipped under Wine, and the reason is printed; on Windows they run.
 */
export const knownDifferences: Readonly<Record<string, string>> = {}

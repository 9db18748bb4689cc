/**
 * What Wine 10 does otherwise than Windows, by the full name of the test that shows it ("describe > test"). These tests are
 * skipped under Wine, and the reason is printed; on Windows they run.
 */
export const knownDifferences: Readonly<Record<string, string>> = {}

import type { RequestInput } from '../../../src-preload/contract/contract.ts'
import type { EntryView } from '../../../src-preload/contract/setup-view.ts'

/** An entry as the contract takes it: plain JSON, without anything that is undefined. */
export function entryInput(entry: EntryView): RequestInput<'config.add'>['entry'] {
  return JSON.parse(JSON.stringify(entry))
}

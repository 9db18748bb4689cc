import type {
  DetectionView,
  InstalledView,
  PresetView,
  RunningServerView,
} from '../../../../src-preload/contract/setup-view.ts'

/** A known server as a person chooses it, with what was found of it on this machine. */
export interface ServerChoice {
  readonly preset: PresetView
  readonly group: ChoiceGroup
  readonly installed: InstalledView | null
  readonly running: readonly RunningServerView[]
}

export type ChoiceGroup = 'here' | 'known' | 'own'

export const GROUP_NAMES: Readonly<Record<ChoiceGroup, string>> = {
  here: 'On this machine',
  known: 'Not found on this machine',
  own: 'Anything else',
}

/** Ships with the app, so nothing has to be found. */
const BUILT_IN = 'demo'
/** Not a known server but any program. */
const ANY_PROGRAM = 'custom'

/** Its program is a part of the app, wherever that lies. */
export function isBuiltIn({ id }: PresetView): boolean {
  return id === BUILT_IN
}

/** What is running or installed comes first; within a group the order of the presets is kept. */
export function serverChoices(
  presets: readonly PresetView[],
  detection: DetectionView | null,
): readonly ServerChoice[] {
  const choices = presets.map((preset): ServerChoice => {
    const installed = detection?.installed.find((found) => found.preset === preset.id) ?? null
    const running = detection?.running.filter((found) => found.preset === preset.id) ?? []
    return { preset, installed, running, group: groupOf(preset, installed !== null || running.length > 0) }
  })
  const groups: readonly ChoiceGroup[] = ['here', 'known', 'own']
  return groups.flatMap((group) => choices.filter((choice) => choice.group === group))
}

function groupOf(preset: PresetView, isFound: boolean): ChoiceGroup {
  if (preset.id === ANY_PROGRAM) return 'own'
  return isFound || isBuiltIn(preset) ? 'here' : 'known'
}

/** What was found of it, in a few words; empty if nothing. */
export function foundText({ preset, installed, running }: ServerChoice): string {
  const [first] = running
  const version = first?.version ?? installed?.version ?? null
  const words = [
    first === undefined ? placeText(preset, installed) : portsText(running.length, first.port),
    version === null ? '' : `version ${version}`,
  ]
  return words.filter((word) => word !== '').join(', ')
}

function placeText(preset: PresetView, installed: InstalledView | null): string {
  if (isBuiltIn(preset)) return 'built in'
  return installed === null ? '' : 'installed'
}

function portsText(count: number, first: number): string {
  return count > 1 ? `running on ${count} ports` : `running on port ${first}`
}

/** The choice that typed letters lead to, from `at` on and around; null if no title, and no word of one, begins so. */
export function typeAhead(titles: readonly string[], typed: string, at: number): number | null {
  const wanted = typed.toLowerCase()
  if (wanted === '') return null
  // One letter goes on to the next; with more of them the present one may still be meant.
  const found = findTitle(titles, wanted, wanted.length === 1 ? at + 1 : at)
  const isRepeated = wanted.length > 1 && new Set(wanted).size === 1
  return found ?? (isRepeated ? findTitle(titles, wanted.charAt(0), at + 1) : null)
}

function findTitle(titles: readonly string[], wanted: string, from: number): number | null {
  const order = titles.map((_title, index) => (from + index) % titles.length)
  const starts = (text: string) => text.toLowerCase().startsWith(wanted)
  const isMeant = [starts, (title: string) => title.split(/[\s.-]+/).some(starts)]
  for (const matches of isMeant) {
    const found = order.find((index) => matches(titles[index] ?? ''))
    if (found !== undefined) return found
  }
  return null
}

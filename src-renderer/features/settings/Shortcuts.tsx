import { SHORTCUT_MODIFIER } from '../../ui/use-shortcut.ts'

type Shortcut = readonly [keys: string, meaning: string]

const SHORTCUTS: readonly Shortcut[] = [
  [`${SHORTCUT_MODIFIER}+F`, 'Search the output; filter the services if there are many and the output is not focused'],
  [`${SHORTCUT_MODIFIER}+G`, 'Go to a line or a time of the output'],
  [`${SHORTCUT_MODIFIER}+1 2 3`, 'The tabs of a service: its output, its models, trying it'],
  [`${SHORTCUT_MODIFIER}+,`, 'Settings'],
  [`${SHORTCUT_MODIFIER}+N`, 'Add a service'],
  [`${SHORTCUT_MODIFIER}+E`, 'Edit the selected service; F2 in the list'],
  ['Alt+↑ Alt+↓', 'In the list: move the service'],
  ['Del', 'In the list: delete the service'],
  [`${SHORTCUT_MODIFIER}+Z`, 'Take back what was deleted, while that is offered'],
  ['↑ ↓ Home End', 'In the list: select a service; Tab goes on to its buttons'],
  ['?', 'In the output: all of its keys'],
]

export const OUTPUT_SHORTCUTS: readonly Shortcut[] = [
  ['↑ ↓ or k j', 'Scroll by a line'],
  ['PgUp PgDn', 'Scroll by a page; also b and Space, half a page u and d'],
  ['Home or g', 'To the beginning'],
  ['End or G', 'To the end, and follow it'],
  [`${SHORTCUT_MODIFIER}+F or /`, 'Search'],
  ['Enter or F3, n', 'Next match; with Shift, or N, the previous one'],
  ['Alt+C W R', 'While searching: match case, whole word, regular expression'],
  ['m', 'While searching: only matches'],
  ['Esc', 'Clears the selection, closes the search'],
  [`${SHORTCUT_MODIFIER}+G or :`, 'Go to a line or a time'],
  ['e E', 'Next, previous error'],
  ['r R', 'Next, previous start or end of a run'],
  ['w', 'Wrap long lines'],
  ['t', 'Show times'],
  ['o', 'Open the link of the marked row'],
  [`Shift+↑ ↓ ← →`, 'Select; also with PgUp, PgDn, Home, End'],
  [`${SHORTCUT_MODIFIER}+A`, 'Select all'],
  [`${SHORTCUT_MODIFIER}+C`, 'Copy the selection'],
]

/** What the keyboard can do, for those who look for it. */
export function Shortcuts() {
  return (
    <details className="shortcuts">
      <summary>Keyboard</summary>
      <ShortcutList shortcuts={SHORTCUTS} />
    </details>
  )
}

export function ShortcutList({ shortcuts }: { readonly shortcuts: readonly Shortcut[] }) {
  return (
    <dl>
      {shortcuts.map(([keys, meaning]) => (
        <div key={keys} className="shortcut">
          <dt className="mono">{keys}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  )
}

import { SHORTCUT_MODIFIER } from '../../ui/use-shortcut.ts'

const SHORTCUTS = [
  [`${SHORTCUT_MODIFIER}+F`, 'Filter the services, if there are many'],
  [`${SHORTCUT_MODIFIER}+,`, 'Settings'],
  ['↑ ↓ Home End', 'In the list: select a service; Tab goes on to its buttons'],
  ['↑ ↓ PgUp PgDn', 'In the output: scroll'],
  ['Home or g', 'In the output: to its beginning'],
  ['End or G', 'In the output: to its end, and follow it'],
] as const

/** What the keyboard can do, for those who look for it. */
export function Shortcuts() {
  return (
    <details className="shortcuts">
      <summary>Keyboard</summary>
      <dl>
        {SHORTCUTS.map(([keys, meaning]) => (
          <div key={keys} className="shortcut">
            <dt className="mono">{keys}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

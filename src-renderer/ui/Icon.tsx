/** Outlines on a 16 x 16 grid, drawn with the colour of the text around them. */
const PATHS = {
  play: 'M5 3.2v9.6l7.6-4.8z',
  stop: 'M4 4h8v8H4z',
  restart: 'M12.9 8.6a5 5 0 1 1-1.2-4L13 6M13 2.6V6H9.6',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  down: 'M8 3v10M4 9l4 4 4-4',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  left: 'M13 8H3M7 4L3 8l4 4',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5M7 7v3.5M9 7v3.5',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z',
  'eye-off':
    'M6.4 4A6 6 0 0 1 8 3.8C12 3.8 14.2 8 14.2 8a11 11 0 0 1-1.9 2.4M9.6 12A6 6 0 0 1 8 12.2C4 12.2 1.8 8 1.8 8a11 11 0 0 1 2-2.5M2.5 2.5l11 11',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2',
  settings:
    'M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.2 6.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5.8 12.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
  open: 'M9 3h4v4M13 3L7.5 8.5M11.5 9.5V13H3V4.5h3.5',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  folder: 'M2.5 12.5v-9h4l1.5 2h5.5v7z',
  wrap: 'M2.5 4h11M2.5 8h8.5a2 2 0 0 1 0 4H8M9.5 10.2L7.7 12l1.8 1.8M2.5 12H5',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.7V8l2.3 1.4',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  up: 'M8 13V3M4 7l4-4 4 4',
  funnel: 'M2.5 3.5h11L9.5 8.5v4l-3 1.5V8.5z',
  check: 'M3 8.6l3.3 3.4L13 4.6',
  warning: 'M8 2.2l6.2 11.1H1.8zM8 6.4v3.2M8 11.4v.1',
  bolt: 'M9 2L3.5 9H8l-1 5 5.5-7H8z',
} as const

export type IconName = keyof typeof PATHS

const FILLED: ReadonlySet<IconName> = new Set(['play', 'stop'])

/** Decoration only: whatever carries it has a name of its own. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} className={FILLED.has(name) ? 'icon-filled' : 'icon-line'} />
    </svg>
  )
}

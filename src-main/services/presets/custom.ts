import type { Preset } from './preset.ts'

/** Any other program: the entry names it. Probed by connecting to its port, if it gives one. */
export const custom: Preset = {
  id: 'custom',
  title: 'Custom program',
  binNames: { other: [] },
  locations: { other: [] },
  defaultPort: null,
  args: [],
  env: {},
  health: {},
  windowsStop: 'ctrl-break',
  docsUrl: null,
  models: null,
  firstRun: null,
}

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
  about: 'Any other program, with or without a port.',
  versionArgs: null,
  identification: null,
  options: [],
  keyVariable: null,
  childNames: [],
  logNote: null,
  // Where most servers have it, if this is one.
  openAiPath: '/v1',
  models: null,
  firstRun: null,
}

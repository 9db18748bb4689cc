import { usualPlaces } from './places.ts'
import type { Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/**
 * Open WebUI. By itself it listens on all addresses. It keeps its secret key in the working directory, which must stay
 * the same: else everybody is logged out.
 */
export const openWebui: Preset = {
  id: 'open-webui',
  title: 'Open WebUI',
  binNames: { other: ['open-webui'] },
  locations: usualPlaces('open-webui'),
  defaultPort: 3000,
  args: ['serve', '--host', '{host}', '--port', '{port}'],
  env: pythonEnv,
  // At its first start it downloads models.
  health: { type: 'http', path: '/health', startGraceSeconds: 1800 },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://docs.openwebui.com/',
  models: null,
  firstRun: { key: 'open-webui:main', name: 'Open WebUI' },
}

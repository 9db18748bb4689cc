import { localaiModels } from '../models/localai.ts'
import { usualPlaces } from './places.ts'
import type { Preset } from './preset.ts'

/** LocalAI. By itself it listens on all addresses. It has one child per loaded model. */
export const localai: Preset = {
  id: 'localai',
  title: 'LocalAI',
  binNames: { other: ['local-ai'] },
  locations: usualPlaces('local-ai'),
  defaultPort: 8080,
  args: ['run', '--address', '{host}:{port}'],
  env: {},
  // /readyz says 503 while models are preloaded. Neither path asks for the key.
  health: { type: 'http', path: '/healthz', readiness: { type: 'http', path: '/readyz' } },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://localai.io/',
  models: localaiModels,
  firstRun: { key: 'localai:main', name: 'LocalAI' },
}

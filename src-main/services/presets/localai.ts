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
  about: 'Runs language, image, speech and other models with one API, and downloads them from its gallery.',
  // It has no such option: its program begins to serve whatever it is given.
  versionArgs: null,
  // Of version 4.1.1 and later; asks for no key. With an option of its own it greets as Ollama does.
  identification: {
    path: '/.well-known/localai.json',
    expectJson: { version: null, endpoints: null },
    version: { path: '/.well-known/localai.json', field: 'version' },
    imitates: ['ollama'],
  },
  options: [
    {
      id: 'models',
      label: 'Models folder',
      help: 'Where models are kept, if not in the folder "models" of its working directory.',
      kind: 'folder',
      env: { LOCALAI_MODELS_PATH: '{value}' },
    },
    {
      id: 'context',
      label: 'Context size',
      help: 'Tokens that a model sees at most, unless its own configuration says otherwise.',
      kind: 'number',
      placeholder: '8192',
      env: { LOCALAI_CONTEXT_SIZE: '{value}' },
    },
    {
      id: 'unload-idle',
      label: 'Unload idle models',
      help: 'After fifteen minutes without a request.',
      kind: 'switch',
      env: { LOCALAI_WATCHDOG_IDLE: 'true' },
    },
  ],
  keyVariable: 'LOCALAI_API_KEY',
  childNames: [],
  logNote: null,
  openAiPath: '/v1',
  models: localaiModels,
  firstRun: { key: 'localai:main', name: 'LocalAI' },
}

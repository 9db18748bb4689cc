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
  otherPorts: [8080],
  args: ['serve', '--host', '{host}', '--port', '{port}'],
  env: pythonEnv,
  // At its first start it downloads models.
  health: { type: 'http', path: '/health', startGraceSeconds: 1800 },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://docs.openwebui.com/',
  about: 'A chat page for people, in front of Ollama or any server with an OpenAI-compatible API.',
  // None is documented, and to be imported it makes its data folder.
  versionArgs: null,
  // Its name can be changed, these fields cannot.
  identification: {
    path: '/api/config',
    expectJson: { status: true, version: null, default_locale: null, 'features.auth': null },
    version: { path: '/api/config', field: 'version' },
  },
  options: [
    {
      id: 'ollama',
      label: 'Address of Ollama',
      help: 'Whose models it offers.',
      kind: 'text',
      placeholder: 'http://127.0.0.1:11434',
      env: { OLLAMA_BASE_URL: '{value}' },
    },
    {
      id: 'openai',
      label: 'Address of another server',
      help: 'With an OpenAI-compatible API; its path included.',
      kind: 'text',
      placeholder: 'http://127.0.0.1:9931/v1',
      env: { OPENAI_API_BASE_URL: '{value}' },
    },
    {
      id: 'data',
      label: 'Data folder',
      help: 'Where chats and accounts are kept; choose one that stays when it is updated.',
      kind: 'folder',
      env: { DATA_DIR: '{value}' },
    },
  ],
  keyVariable: null,
  childNames: [],
  logNote: null,
  openAiPath: null,
  models: null,
  firstRun: { key: 'open-webui:main', name: 'Open WebUI' },
}

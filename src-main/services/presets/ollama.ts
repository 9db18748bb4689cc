import { ollamaModels } from '../models/ollama.ts'
import type { Preset } from './preset.ts'

/**
 * Ollama. It takes its address from the environment only. It runs `llama-server` processes as its children; its Linux
 * system service and its desktop app start it again when it ends.
 */
export const ollama: Preset = {
  id: 'ollama',
  title: 'Ollama',
  binNames: { other: ['ollama'] },
  locations: {
    win32: ['%LOCALAPPDATA%\\Programs\\Ollama\\ollama.exe', '%ProgramFiles%\\Ollama\\ollama.exe'],
    darwin: [
      '/opt/homebrew/bin/ollama',
      '/usr/local/bin/ollama',
      '/Applications/Ollama.app/Contents/Resources/ollama',
      '~/Applications/Ollama.app/Contents/Resources/ollama',
    ],
    other: ['/usr/local/bin/ollama', '/usr/bin/ollama', '~/.local/bin/ollama'],
  },
  defaultPort: 11_434,
  args: ['serve'],
  env: { OLLAMA_HOST: '{host}:{port}' },
  // Other servers imitate its API, /api/version too, but none of them says this.
  health: { type: 'http', path: '/', expectBody: 'Ollama is running' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://docs.ollama.com/',
  about: 'Downloads language models by name, and loads and unloads them by itself as they are asked for.',
  // Documented. It asks the server at OLLAMA_HOST, if one runs there, for its version, and names its own beside it.
  versionArgs: ['--version'],
  // Others imitate its API, /api/version too; LocalAI can say this as well.
  identification: {
    path: '/',
    expectBody: 'Ollama is running',
    version: { path: '/api/version', field: 'version' },
  },
  options: [
    {
      id: 'models',
      label: 'Models folder',
      help: 'Where downloaded models are kept, if not in its usual place.',
      kind: 'folder',
      env: { OLLAMA_MODELS: '{value}' },
    },
    {
      id: 'keep-alive',
      label: 'Keep models loaded for',
      help: 'Time after the last request, e.g. 30m or 2h; -1 keeps them until they are unloaded.',
      kind: 'text',
      placeholder: '5m',
      env: { OLLAMA_KEEP_ALIVE: '{value}' },
    },
    {
      id: 'context',
      label: 'Context size',
      help: 'Tokens that a model sees at most, unless a request says otherwise; more needs more memory.',
      kind: 'number',
      placeholder: '8192',
      env: { OLLAMA_CONTEXT_LENGTH: '{value}' },
    },
    {
      id: 'max-loaded',
      label: 'Models loaded at a time',
      help: 'More of them need more memory.',
      kind: 'number',
      placeholder: '1',
      env: { OLLAMA_MAX_LOADED_MODELS: '{value}' },
    },
  ],
  keyVariable: null,
  // One per loaded model; the last is of older versions.
  childNames: ['llama-server', 'ollama', 'ollama_llama_server'],
  logNote: null,
  openAiPath: '/v1',
  models: ollamaModels,
  firstRun: { key: 'ollama:main', name: 'Ollama' },
}

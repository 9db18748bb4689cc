import { koboldcppModels } from '../models/koboldcpp.ts'
import { ggufOptions } from './gguf-options.ts'
import { usualPlaces } from './places.ts'
import type { Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/**
 * KoboldCpp. By itself it opens a window to choose a model in, and listens on all addresses. It listens when its models
 * are loaded, and not while its admin API loads other ones.
 */
export const koboldcpp: Preset = {
  id: 'koboldcpp',
  title: 'KoboldCpp',
  binNames: {
    win32: ['koboldcpp'],
    darwin: ['koboldcpp-mac-arm64', 'koboldcpp'],
    other: ['koboldcpp-linux-x64', 'koboldcpp'],
  },
  locations: usualPlaces('koboldcpp'),
  defaultPort: 5001,
  args: ['--host', '{host}', '--port', '{port}', '--skiplauncher'],
  env: pythonEnv,
  health: { type: 'http', path: '/api/extra/version', expectBody: 'KoboldCpp' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://github.com/LostRuins/koboldcpp/wiki',
  about: 'Runs GGUF models for stories and chat, with a page of its own, all in one file.',
  // None is documented, and its one-file program unpacks itself at each start.
  versionArgs: null,
  // The version of Ollama's that it imitates is at /api/version.
  identification: {
    path: '/api/extra/version',
    expectJson: { result: 'KoboldCpp' },
    version: { path: '/api/extra/version', field: 'version' },
    imitates: ['ollama', 'comfyui', 'llamacpp'],
  },
  options: [
    {
      id: 'model',
      label: 'Model file',
      help: 'Without one it would ask for it in a window.',
      kind: 'gguf',
      isRequired: true,
      args: ['--model', '{value}'],
    },
    ...ggufOptions('--contextsize', '--gpulayers'),
  ],
  keyVariable: null,
  childNames: [],
  logNote: null,
  openAiPath: '/v1',
  models: koboldcppModels,
  firstRun: null,
}

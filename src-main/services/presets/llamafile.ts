import { llamacppModels } from '../models/llamacpp.ts'
import { ggufOptions } from './gguf-options.ts'
import { usualPlaces } from './places.ts'
import type { Preset } from './preset.ts'

/** llamafile: llama.cpp's server in one file, with or without a model in it. Recent ones listen on all addresses. */
export const llamafile: Preset = {
  id: 'llamafile',
  title: 'llamafile',
  binNames: { other: ['llamafile'] },
  locations: usualPlaces('llamafile'),
  defaultPort: 8082,
  otherPorts: [8080],
  // Not --nobrowser, which versions from 0.10 on refuse.
  args: ['--server', '--host', '{host}', '--port', '{port}'],
  // As for llama.cpp; a version that does not know it ignores it.
  env: { LLAMA_ARG_CORS_ORIGINS: 'localhost' },
  health: { type: 'http', path: '/health', unavailable: 'loading' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://github.com/mozilla-ai/llamafile',
  about: 'llama.cpp’s server as one file, with or without a model in it.',
  // It has --version, but to run at all it may write a loader into the home directory first.
  versionArgs: null,
  // It answers as llama.cpp does.
  identification: null,
  options: [
    {
      id: 'model',
      label: 'Model file',
      help: 'Not for a llamafile that has its model in it.',
      kind: 'gguf',
      args: ['-m', '{value}'],
    },
    ...ggufOptions('-c', '-ngl'),
  ],
  // Versions that do not know LLAMA_API_KEY would run without a key.
  keyVariable: null,
  childNames: [],
  logNote: null,
  openAiPath: '/v1',
  models: llamacppModels,
  firstRun: null,
}

import { llamacppModels } from '../models/llamacpp.ts'
import { usualPlaces } from './places.ts'
import type { Preset } from './preset.ts'

/** llamafile: llama.cpp's server in one file, with or without a model in it. Recent ones listen on all addresses. */
export const llamafile: Preset = {
  id: 'llamafile',
  title: 'llamafile',
  binNames: { other: ['llamafile'] },
  locations: usualPlaces('llamafile'),
  defaultPort: 8082,
  // Not --nobrowser, which versions from 0.10 on refuse.
  args: ['--server', '--host', '{host}', '--port', '{port}'],
  // As for llama.cpp; a version that does not know it ignores it.
  env: { LLAMA_ARG_CORS_ORIGINS: 'localhost' },
  health: { type: 'http', path: '/health', unavailable: 'loading' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://github.com/mozilla-ai/llamafile',
  models: llamacppModels,
  firstRun: null,
}

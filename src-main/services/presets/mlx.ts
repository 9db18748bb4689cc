import { mlxModels } from '../models/mlx.ts'
import { usualPlaces } from './places.ts'
import type { Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/** MLX LM's server, for Apple silicon. /health says 200 as soon as it listens, also while it loads a model. */
export const mlx: Preset = {
  id: 'mlx',
  title: 'MLX LM server',
  binNames: { other: ['mlx_lm.server'] },
  locations: usualPlaces('mlx_lm.server'),
  defaultPort: 8083,
  otherPorts: [8080],
  args: ['--host', '{host}', '--port', '{port}'],
  env: pythonEnv,
  health: { type: 'http', path: '/health' },
  // It handles no other signal.
  stop: { signal: 'SIGINT' },
  windowsStop: 'ctrl-c',
  docsUrl: 'https://github.com/ml-explore/mlx-lm',
  about: 'Runs models of Apple’s MLX on Apple silicon.',
  // It has none.
  versionArgs: null,
  // Nothing that others do not say too.
  identification: null,
  options: [
    {
      id: 'model',
      label: 'Model',
      help: 'An MLX model of Hugging Face, which is downloaded if need be, or its folder.',
      kind: 'text',
      placeholder: 'mlx-community/Qwen3-8B-4bit',
      isRequired: true,
      args: ['--model', '{value}'],
    },
    {
      id: 'max-tokens',
      label: 'Longest answer',
      help: 'In tokens, unless a request says otherwise.',
      kind: 'number',
      placeholder: '512',
      args: ['--max-tokens', '{value}'],
    },
  ],
  keyVariable: null,
  childNames: [],
  logNote: null,
  // It has no page.
  openPath: '/v1/models',
  openAiPath: '/v1',
  models: mlxModels,
  firstRun: null,
}

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
  args: ['--host', '{host}', '--port', '{port}'],
  env: pythonEnv,
  health: { type: 'http', path: '/health' },
  // It handles no other signal.
  stop: { signal: 'SIGINT' },
  windowsStop: 'ctrl-c',
  docsUrl: 'https://github.com/ml-explore/mlx-lm',
  models: mlxModels,
  firstRun: null,
}

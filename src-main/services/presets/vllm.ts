import { vllmModels } from '../models/vllm.ts'
import { usualPlaces } from './places.ts'
import { EXTRA_ARGS, type Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/**
 * vLLM. It has an engine and workers as children, which keep the GPU's memory if only their parent is killed. /health
 * says 200 although generation hangs, and 503 only if the engine is dead.
 */
export const vllm: Preset = {
  id: 'vllm',
  title: 'vLLM',
  binNames: { other: ['vllm'] },
  locations: usualPlaces('vllm'),
  defaultPort: 8000,
  // The model comes first: with some options vLLM insists on that.
  args: ['serve', EXTRA_ARGS, '--host', '{host}', '--port', '{port}'],
  env: pythonEnv,
  // It may download, compile and warm up before it listens.
  health: { type: 'http', path: '/health', startGraceSeconds: 1800, unavailable: 'failing' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://docs.vllm.ai/',
  models: vllmModels,
  firstRun: null,
}

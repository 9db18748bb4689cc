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
  about: 'Serves one model to many clients at once, from a GPU.',
  // It has --version, but imports PyTorch first, which takes long and wakes the GPU.
  versionArgs: null,
  // LocalAI has a /version too, but not this.
  identification: {
    path: '/load',
    expectJson: { server_load: null },
    version: { path: '/version', field: 'version' },
  },
  options: [
    // First: with some options vLLM insists on that.
    {
      id: 'model',
      label: 'Model',
      help: 'A model of Hugging Face, which is downloaded if need be, or its folder.',
      kind: 'text',
      placeholder: 'Qwen/Qwen3-8B',
      isRequired: true,
      args: ['{value}'],
    },
    {
      id: 'context',
      label: 'Context size',
      help: 'Tokens of a request and its answer at most; more needs more memory.',
      kind: 'number',
      placeholder: '16384',
      args: ['--max-model-len', '{value}'],
    },
    {
      id: 'gpu-memory',
      label: 'Share of GPU memory',
      help: 'It takes this share at its start, from 0 to 1.',
      kind: 'number',
      placeholder: '0.9',
      args: ['--gpu-memory-utilization', '{value}'],
    },
  ],
  keyVariable: 'VLLM_API_KEY',
  childNames: ['VLLM::EngineCore', 'VLLM::Worker_TP'],
  logNote: 'Lines say which process wrote them, e.g. (APIServer pid=4711).',
  // It has no page; this describes its API.
  openPath: '/docs',
  openAiPath: '/v1',
  models: vllmModels,
  firstRun: null,
}

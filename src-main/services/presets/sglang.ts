import { sglangModels } from '../models/sglang.ts'
import type { Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/** SGLang. It is a module of the Python it is installed in, which the entry names. */
export const sglang: Preset = {
  id: 'sglang',
  title: 'SGLang',
  binNames: { other: [] },
  locations: { other: [] },
  needs: { binName: 'the Python that SGLang is installed in' },
  defaultPort: 30_000,
  args: ['-m', 'sglang.launch_server', '--host', '{host}', '--port', '{port}'],
  env: pythonEnv,
  // /health may generate a token, which takes a second or more; it says 503 itself when that has taken 20 seconds.
  health: {
    type: 'http',
    path: '/health',
    intervalSeconds: 15,
    timeoutSeconds: 25,
    startGraceSeconds: 1800,
    unavailable: 'failing',
  },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://github.com/sgl-project/sglang',
  about: 'Serves one model to many clients at once, from a GPU.',
  // It is a module; its Python would import PyTorch first.
  versionArgs: null,
  identification: {
    path: '/get_model_info',
    expectJson: { model_path: null, is_generation: null },
    version: { path: '/get_server_info', field: 'version' },
  },
  options: [
    {
      id: 'model',
      label: 'Model',
      help: 'A model of Hugging Face, which is downloaded if need be, or its folder.',
      kind: 'text',
      placeholder: 'Qwen/Qwen3-8B',
      isRequired: true,
      args: ['--model-path', '{value}'],
    },
    {
      id: 'context',
      label: 'Context size',
      help: 'Tokens of a request and its answer at most; more needs more memory.',
      kind: 'number',
      placeholder: '16384',
      args: ['--context-length', '{value}'],
    },
    {
      id: 'gpu-memory',
      label: 'Share of GPU memory',
      help: 'For the model and its cache, from 0 to 1.',
      kind: 'number',
      placeholder: '0.8',
      args: ['--mem-fraction-static', '{value}'],
    },
  ],
  keyVariable: null,
  childNames: [],
  logNote: null,
  // It has no page; this describes its API.
  openPath: '/docs',
  openAiPath: '/v1',
  models: sglangModels,
  firstRun: null,
}

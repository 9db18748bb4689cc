import { textgenModels } from '../models/textgen.ts'
import { ggufOptions } from './gguf-options.ts'
import type { Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/**
 * text-generation-webui, its API alone, started from its folder by the Python of its environment: its start scripts keep a
 * shell between us and the server. If the port is taken, it silently takes another one.
 */
export const textgen: Preset = {
  id: 'textgen',
  title: 'text-generation-webui',
  binNames: { other: [] },
  locations: { other: [] },
  needs: {
    binName: 'the Python of text-generation-webui’s environment',
    cwd: 'the folder of text-generation-webui’s server.py',
  },
  // Without --listen it listens here. With it, older versions ignore the address and listen on all.
  onlyHost: '127.0.0.1',
  addressFlags: ['--listen', '--listen-host'],
  defaultPort: 5000,
  args: ['server.py', '--api', '--nowebui', '--api-port', '{port}'],
  // It wins over --api-port, so one that was inherited must not be left.
  env: { ...pythonEnv, OPENEDAI_PORT: '{port}' },
  health: { type: 'http', path: '/v1/internal/health' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://github.com/oobabooga/text-generation-webui',
  about: 'Runs language models of many formats with llama.cpp, ExLlama or Transformers.',
  // It is a file that its Python runs.
  versionArgs: null,
  identification: { path: '/v1/internal/model/info', expectJson: { model_name: null, lora_names: null } },
  options: [
    {
      id: 'model',
      label: 'Model',
      help: 'Its name in the models folder; without one, it is loaded later.',
      kind: 'text',
      placeholder: 'coder.gguf',
      args: ['--model', '{value}'],
    },
    {
      id: 'model-dir',
      label: 'Models folder',
      help: 'If it is not user_data/models.',
      kind: 'folder',
      args: ['--model-dir', '{value}'],
    },
    ...ggufOptions('--ctx-size', '--gpu-layers'),
  ],
  // Its key is an argument, or stands in user_data/CMD_FLAGS.txt.
  keyVariable: null,
  childNames: ['llama-server'],
  logNote: null,
  // The API alone has no page; this describes it.
  openPath: '/docs',
  openAiPath: '/v1',
  models: textgenModels,
  firstRun: null,
}

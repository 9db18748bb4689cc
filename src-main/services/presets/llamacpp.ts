import { llamacppModels } from '../models/llamacpp.ts'
import { ggufOptions } from './gguf-options.ts'
import type { Preset } from './preset.ts'

/**
 * llama.cpp's server. Without a model it is a router that loads models on request; `"extraArgs": ["-m", "<file>"]` makes
 * it serve one. /health answers 503 while a model is loading and asks for no key.
 */
export const llamacpp: Preset = {
  id: 'llamacpp',
  title: 'llama.cpp server',
  binNames: { other: ['llama-server'] },
  locations: {
    win32: [
      '%LOCALAPPDATA%\\Microsoft\\WinGet\\Links\\llama-server.exe',
      '%ProgramFiles%\\llama.cpp\\llama-server.exe',
      '%USERPROFILE%\\scoop\\shims\\llama-server.exe',
    ],
    darwin: ['/opt/homebrew/bin/llama-server', '/usr/local/bin/llama-server', '~/.local/bin/llama-server'],
    other: [
      '/usr/local/bin/llama-server',
      '/usr/bin/llama-server',
      '~/.local/bin/llama-server',
      '/home/linuxbrew/.linuxbrew/bin/llama-server',
      '~/llama.cpp/build/bin/llama-server',
    ],
  },
  // Its coming default; the old one, 8080, is also that of five other servers.
  defaultPort: 9931,
  otherPorts: [8080],
  args: ['--host', '{host}', '--port', '{port}'],
  // By default any web page may use the server. A variable, not --cors-origins: an older build would refuse the argument.
  env: { LLAMA_ARG_CORS_ORIGINS: 'localhost' },
  // It also loads when it wakes from sleep.
  health: { type: 'http', path: '/health', unavailable: 'loading' },
  // After the first it waits for the clients of running requests, for as long as they stay; a second one ends it at once.
  stop: { secondSignalHalfWay: true },
  // Its handler knows CTRL_C_EVENT only.
  windowsStop: 'ctrl-c',
  docsUrl: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
  about: 'Runs one GGUF model, or, without one, offers all models of a folder and loads them on request.',
  // Documented; goes to stderr.
  versionArgs: ['--version'],
  // On every answer, also while it loads and where it wants a key. A llamafile has the same.
  identification: {
    path: '/health',
    expectHeader: { server: 'llama.cpp' },
    version: { path: '/props', field: 'build_info' },
  },
  options: [
    {
      id: 'model',
      label: 'Model file',
      help: 'Without a model it is a router, which loads models on request.',
      kind: 'gguf',
      args: ['-m', '{value}'],
    },
    {
      id: 'models-dir',
      label: 'Models folder',
      help: 'The models that the router offers; only without a model file.',
      kind: 'folder',
      args: ['--models-dir', '{value}'],
    },
    ...ggufOptions('-c', '-ngl'),
  ],
  keyVariable: 'LLAMA_API_KEY',
  // The router's, one per model.
  childNames: ['llama-server'],
  logNote:
    'Its output goes to stderr, errors or not. As a router it prints the output of its models on stdout, each line after [port].',
  openAiPath: '/v1',
  models: llamacppModels,
  firstRun: { key: 'llamacpp:router', name: 'llama.cpp' },
}

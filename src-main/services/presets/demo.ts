import { demoModels } from '../models/demo.ts'
import type { Preset } from './preset.ts'

/** The demo server that ships with the app (DESIGN.md, D12). Its program is built in, so it is always found. */
export const demo: Preset = {
  id: 'demo',
  title: 'Demo server',
  binNames: { other: ['agentos-demo-server'] },
  locations: { other: [] },
  defaultPort: 11_555,
  args: ['--host', '{host}', '--port', '{port}'],
  env: {},
  // It answers 503 while it is "loading".
  health: {
    type: 'http',
    path: '/health',
    intervalSeconds: 2,
    timeoutSeconds: 2,
    startGraceSeconds: 60,
    unavailable: 'loading',
  },
  windowsStop: 'ctrl-break',
  docsUrl: null,
  about: 'A small server that comes with the app, to see everything work; it is not a language model.',
  // It is the app itself, and the app shows its own version.
  versionArgs: null,
  identification: { path: '/', expectJson: { name: 'AgentOS demo server' } },
  options: [
    {
      id: 'load-ms',
      label: 'Loading time',
      help: 'How many milliseconds it says that it is loading.',
      kind: 'number',
      placeholder: '3000',
      args: ['--load-ms', '{value}'],
    },
    {
      id: 'heartbeat-ms',
      label: 'Time between two lines',
      help: 'Milliseconds between lines that say that it is alive; 0 is none.',
      kind: 'number',
      placeholder: '1000',
      args: ['--heartbeat-ms', '{value}'],
    },
  ],
  keyVariable: null,
  childNames: [],
  logNote: null,
  openAiPath: '/v1',
  models: demoModels,
  firstRun: { key: 'demo:server', name: 'Demo server' },
}

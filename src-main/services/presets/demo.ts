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
  models: demoModels,
  firstRun: { key: 'demo:server', name: 'Demo server' },
}

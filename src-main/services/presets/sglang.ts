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
  models: sglangModels,
  firstRun: null,
}

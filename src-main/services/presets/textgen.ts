import { textgenModels } from '../models/textgen.ts'
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
  models: textgenModels,
  firstRun: null,
}

import { comfyuiModels } from '../models/comfyui.ts'
import type { Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/** ComfyUI, started from its folder by the Python of its environment. Its usual output goes to stderr. */
export const comfyui: Preset = {
  id: 'comfyui',
  title: 'ComfyUI',
  binNames: { other: [] },
  locations: { other: [] },
  needs: { binName: 'the Python of ComfyUI’s environment', cwd: 'the folder of ComfyUI’s main.py' },
  defaultPort: 8188,
  args: ['main.py', '--listen', '{host}', '--port', '{port}', '--disable-auto-launch'],
  env: pythonEnv,
  health: { type: 'http', path: '/system_stats' },
  // ComfyUI-Manager does, after an update for example.
  followsRestart: true,
  windowsStop: 'ctrl-break',
  docsUrl: 'https://docs.comfy.org/',
  models: comfyuiModels,
  firstRun: null,
}

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
  about: 'Makes images, video and sound in workflows that are drawn as graphs.',
  // It is a file that its Python runs.
  versionArgs: null,
  // KoboldCpp imitates it.
  identification: {
    path: '/system_stats',
    expectJson: { 'system.comfyui_version': null, devices: null },
    version: { path: '/system_stats', field: 'system.comfyui_version' },
  },
  options: [
    {
      id: 'low-vram',
      label: 'Spare GPU memory',
      help: 'For cards with little memory: slower.',
      kind: 'switch',
      args: ['--lowvram'],
    },
    {
      id: 'cpu',
      label: 'CPU only',
      help: 'For machines without a card that it can use: very slow. Not together with sparing GPU memory.',
      kind: 'switch',
      args: ['--cpu'],
    },
    {
      id: 'output',
      label: 'Output folder',
      help: 'Where results are written, if not in its own folder.',
      kind: 'folder',
      args: ['--output-directory', '{value}'],
    },
  ],
  keyVariable: null,
  childNames: [],
  logNote: 'Its usual output goes to stderr: that alone is no sign of an error.',
  openAiPath: null,
  models: comfyuiModels,
  firstRun: null,
}

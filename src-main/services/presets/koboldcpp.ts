import { koboldcppModels } from '../models/koboldcpp.ts'
import { usualPlaces } from './places.ts'
import type { Preset } from './preset.ts'
import { pythonEnv } from './python-env.ts'

/**
 * KoboldCpp. By itself it opens a window to choose a model in, and listens on all addresses. It listens when its models
 * are loaded, and not while its admin API loads other ones.
 */
export const koboldcpp: Preset = {
  id: 'koboldcpp',
  title: 'KoboldCpp',
  binNames: {
    win32: ['koboldcpp'],
    darwin: ['koboldcpp-mac-arm64', 'koboldcpp'],
    other: ['koboldcpp-linux-x64', 'koboldcpp'],
  },
  locations: usualPlaces('koboldcpp'),
  defaultPort: 5001,
  args: ['--host', '{host}', '--port', '{port}', '--skiplauncher'],
  env: pythonEnv,
  health: { type: 'http', path: '/api/extra/version', expectBody: 'KoboldCpp' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://github.com/LostRuins/koboldcpp/wiki',
  models: koboldcppModels,
  firstRun: null,
}

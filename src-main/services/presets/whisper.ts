import { usualPlaces } from './places.ts'
import { forPlatform, type Preset } from './preset.ts'

const places = usualPlaces('whisper-server')

/** whisper.cpp's server. It listens when its model is loaded, so "refused" means loading; a model that fails ends it. */
export const whisper: Preset = {
  id: 'whisper',
  title: 'whisper.cpp server',
  binNames: { other: ['whisper-server'] },
  locations: { ...places, other: [...forPlatform(places, 'linux'), '~/whisper.cpp/build/bin/whisper-server'] },
  defaultPort: 8081,
  args: ['--host', '{host}', '--port', '{port}'],
  env: {},
  // 503 while another model is loaded through its API.
  health: { type: 'http', path: '/health', unavailable: 'loading' },
  // Its handler knows CTRL_C_EVENT only.
  windowsStop: 'ctrl-c',
  docsUrl: 'https://github.com/ggml-org/whisper.cpp/tree/master/examples/server',
  models: null,
  firstRun: null,
}

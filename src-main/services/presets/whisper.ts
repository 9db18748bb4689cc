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
  otherPorts: [8080],
  args: ['--host', '{host}', '--port', '{port}'],
  env: {},
  // 503 while another model is loaded through its API.
  health: { type: 'http', path: '/health', unavailable: 'loading' },
  // Its handler knows CTRL_C_EVENT only.
  windowsStop: 'ctrl-c',
  docsUrl: 'https://github.com/ggml-org/whisper.cpp/tree/master/examples/server',
  about: 'Turns speech into text.',
  // It has none.
  versionArgs: null,
  identification: { path: '/health', expectHeader: { server: 'whisper.cpp' } },
  options: [
    {
      id: 'model',
      label: 'Model file',
      help: 'A model of whisper.cpp, such as ggml-base.en.bin.',
      kind: 'file',
      isRequired: true,
      args: ['-m', '{value}'],
    },
    {
      id: 'language',
      label: 'Language',
      help: 'Of what is spoken, e.g. en or de; auto listens for it.',
      kind: 'text',
      placeholder: 'en',
      args: ['-l', '{value}'],
    },
    {
      id: 'threads',
      label: 'Threads',
      help: 'CPU threads that it uses.',
      kind: 'number',
      placeholder: '4',
      args: ['-t', '{value}'],
    },
    {
      id: 'convert',
      label: 'Take any audio file',
      help: 'Converts what is not WAV; needs ffmpeg.',
      kind: 'switch',
      args: ['--convert'],
    },
  ],
  keyVariable: null,
  childNames: [],
  logNote: null,
  openAiPath: null,
  models: null,
  firstRun: null,
}

import { lmstudioModels } from '../models/lmstudio.ts'
import type { Preset } from './preset.ts'

/**
 * LM Studio's server, by its program `lms`. The server is part of the app, or of its headless form llmster, and is never
 * this app's own process: `lms server start` asks for it and returns. Its status and its stop ask `/lmstudio-greeting` of
 * the port that was used last, so both are wrong about a server that does not answer there in half a second, and about one
 * that listens on neither 127.0.0.1 nor all addresses.
 */
export const lmstudio: Preset = {
  id: 'lmstudio',
  title: 'LM Studio',
  binNames: { other: ['lms'] },
  locations: {
    win32: ['%USERPROFILE%\\.lmstudio\\bin\\lms.exe', '%USERPROFILE%\\.cache\\lm-studio\\bin\\lms.exe'],
    other: ['~/.lmstudio/bin/lms', '~/.cache/lm-studio/bin/lms'],
  },
  addressFlags: ['-p', '--bind'],
  defaultPort: 1234,
  args: [],
  // Not --bind: an older lms would refuse it, and listens on 127.0.0.1 anyway.
  env: { LMS_SERVER_HOST: '{host}' },
  // What lms itself asks. It wants no key, unlike /v1/models, and no other server answers it.
  health: { type: 'http', path: '/lmstudio-greeting', expectBody: '"lmstudio"' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://lmstudio.ai/docs/cli',
  about: 'Serves the models of LM Studio, which is started in the background if it does not run yet.',
  // `lms version` says which commit it was made of.
  versionArgs: null,
  identification: { path: '/lmstudio-greeting', expectJson: { lmstudio: true } },
  options: [
    {
      id: 'cors',
      label: 'Web pages may use it',
      help: 'Answers requests of web pages (CORS): any page that you visit may use the server then.',
      kind: 'switch',
      args: ['--cors'],
    },
  ],
  // For those who ask the server; what it accepts is set in LM Studio.
  keyVariable: 'LM_API_TOKEN',
  childNames: ['LM Studio', 'llmster'],
  logNote: 'Only what lms says when it starts and stops the server. What the server says is shown by "lms log stream".',
  openPath: '/v1/models',
  openAiPath: '/v1',
  models: lmstudioModels,
  control: {
    start: ['server', 'start', '--port', '{port}'],
    status: ['server', 'status', '--json', '--quiet'],
    statusFields: { running: 'running', port: 'port' },
    stop: ['server', 'stop'],
  },
  firstRun: { key: 'lmstudio:main', name: 'LM Studio' },
}

import { ollamaModels } from '../models/ollama.ts'
import type { Preset } from './preset.ts'

/**
 * Ollama. It takes its address from the environment only. It runs `llama-server` processes as its children; its Linux
 * system service and its desktop app start it again when it ends.
 */
export const ollama: Preset = {
  id: 'ollama',
  title: 'Ollama',
  binNames: { other: ['ollama'] },
  locations: {
    win32: ['%LOCALAPPDATA%\\Programs\\Ollama\\ollama.exe', '%ProgramFiles%\\Ollama\\ollama.exe'],
    darwin: [
      '/opt/homebrew/bin/ollama',
      '/usr/local/bin/ollama',
      '/Applications/Ollama.app/Contents/Resources/ollama',
      '~/Applications/Ollama.app/Contents/Resources/ollama',
    ],
    other: ['/usr/local/bin/ollama', '/usr/bin/ollama', '~/.local/bin/ollama'],
  },
  defaultPort: 11_434,
  args: ['serve'],
  env: { OLLAMA_HOST: '{host}:{port}' },
  // Other servers imitate its API, /api/version too, but none of them says this.
  health: { type: 'http', path: '/', expectBody: 'Ollama is running' },
  windowsStop: 'ctrl-break',
  docsUrl: 'https://docs.ollama.com/',
  models: ollamaModels,
  firstRun: { key: 'ollama:main', name: 'Ollama' },
}

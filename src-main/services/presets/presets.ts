import { custom } from './custom.ts'
import { demo } from './demo.ts'
import { llamacpp } from './llamacpp.ts'
import { ollama } from './ollama.ts'
import type { Preset } from './preset.ts'

export type PresetTable = Readonly<Record<string, Preset>>

/** Every known server by its id, in the order of the first run's entries. */
export const presets: PresetTable = Object.fromEntries(
  [demo, ollama, llamacpp, custom].map((preset) => [preset.id, preset]),
)

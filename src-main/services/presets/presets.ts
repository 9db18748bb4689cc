import { comfyui } from './comfyui.ts'
import { custom } from './custom.ts'
import { demo } from './demo.ts'
import { koboldcpp } from './koboldcpp.ts'
import { llamacpp } from './llamacpp.ts'
import { llamafile } from './llamafile.ts'
import { lmstudio } from './lmstudio.ts'
import { localai } from './localai.ts'
import { mlx } from './mlx.ts'
import { ollama } from './ollama.ts'
import { openWebui } from './open-webui.ts'
import type { Preset } from './preset.ts'
import { sglang } from './sglang.ts'
import { textgen } from './textgen.ts'
import { vllm } from './vllm.ts'
import { whisper } from './whisper.ts'

export type PresetTable = Readonly<Record<string, Preset>>

const known: readonly Preset[] = [
  demo,
  ollama,
  llamacpp,
  lmstudio,
  vllm,
  sglang,
  localai,
  koboldcpp,
  comfyui,
  whisper,
  openWebui,
  textgen,
  llamafile,
  mlx,
  custom,
]

/** Every known server by its id, in the order of the first run's entries. */
export const presets: PresetTable = Object.fromEntries(known.map((preset) => [preset.id, preset]))

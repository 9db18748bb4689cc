import type { PresetOption } from './preset.ts'

/** What most people set for a GGUF model, with the names that this server has for it. */
export function ggufOptions(contextFlag: string, gpuLayersFlag: string): readonly PresetOption[] {
  return [
    {
      id: 'context',
      label: 'Context size',
      help: 'Tokens that the model sees at most; more needs more memory.',
      kind: 'number',
      placeholder: '8192',
      args: [contextFlag, '{value}'],
    },
    {
      id: 'gpu-layers',
      label: 'Layers on the GPU',
      help: 'Layers of the model that the GPU holds; 0 uses the CPU alone, 99 is all of most models.',
      kind: 'number',
      placeholder: '99',
      args: [gpuLayersFlag, '{value}'],
    },
  ]
}

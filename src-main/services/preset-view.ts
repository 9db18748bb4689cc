import { forPlatform, type Preset, type PresetOption } from './presets/preset.ts'
import type { PresetTable } from './presets/presets.ts'

/** A preset for the person who sets a service up: its data with everything filled in, and what follows from it. */
export function presetView(preset: Preset, platform: NodeJS.Platform) {
  const { id, title, about, docsUrl, defaultPort, needs, keyVariable, logNote, childNames, models } = preset
  return {
    id,
    title,
    about,
    docsUrl,
    defaultPort,
    onlyHost: preset.onlyHost ?? null,
    hasProgram: forPlatform(preset.binNames, platform).length > 0,
    needs: { binName: needs?.binName ?? null, cwd: needs?.cwd ?? null },
    options: preset.options.map(optionView),
    keyVariable,
    control: preset.control === undefined ? ('process' as const) : ('commands' as const),
    models: {
      canList: models !== null,
      canLoad: models?.load !== undefined,
      canUnload: models?.unload !== undefined,
    },
    canTry: preset.openAiPath !== null,
    logNote,
    childNames,
  }
}

/** Every known server, in the order of the presets. */
export function presetViews(presets: PresetTable, platform: NodeJS.Platform = process.platform) {
  return Object.values(presets).map((preset) => presetView(preset, platform))
}

function optionView({
  id,
  label,
  help,
  kind,
  placeholder = '',
  isRequired = false,
  args = [],
  env = {},
}: PresetOption) {
  return { id, label, help, kind, placeholder, isRequired, args, env }
}

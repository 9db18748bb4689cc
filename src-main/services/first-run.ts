import type { z } from 'zod'
import type { serviceSchema } from '../core/service-config.ts'
import { type ProgramSources, resolveProgram } from './find-binary.ts'
import { forPlatform } from './presets/preset.ts'
import { type PresetTable, presets } from './presets/presets.ts'

/** An entry as a person would write it: defaults left out. */
export type WrittenEntry = z.input<typeof serviceSchema>

/**
 * The entries of a new services.json: the demo server and every known server that is installed. Nothing starts by
 * itself. The port is written out, so that a person sees what to change.
 */
export async function firstRunEntries(sources: ProgramSources, table: PresetTable = presets): Promise<WrittenEntry[]> {
  const entries: WrittenEntry[] = []
  for (const preset of Object.values(table)) {
    const binName = forPlatform(preset.binNames, sources.platform ?? process.platform)[0]
    if (preset.firstRun === null || binName === undefined) {
      continue
    }
    if ((await resolveProgram(binName, preset, sources)).ok) {
      const args = preset.defaultPort === null ? {} : { args: { port: preset.defaultPort } }
      entries.push({ key: preset.firstRun.key, name: preset.firstRun.name, preset: preset.id, ...args })
    }
  }
  return entries
}

import { type ProgramSources, resolveProgram } from '../find-binary.ts'
import { forPlatform } from '../presets/preset.ts'
import type { PresetTable } from '../presets/presets.ts'
import type { ProgramVersions } from './program-version.ts'

/** A program of a known server that is on this machine. */
export interface InstalledProgram {
  readonly preset: string
  /** Absolute path. */
  readonly program: string
  readonly version: string | null
}

/** Looks for the program of every preset that knows one, and asks it for its version. In the order of the presets. */
export async function findInstalled(
  presets: PresetTable,
  sources: ProgramSources,
  versions: ProgramVersions,
): Promise<InstalledProgram[]> {
  const { platform = process.platform, env = process.env } = sources
  const looks = Object.values(presets).map(async (preset): Promise<InstalledProgram[]> => {
    const [binName] = forPlatform(preset.binNames, platform)
    const result = binName === undefined ? null : await resolveProgram(binName, preset, sources)
    if (result?.ok !== true) return []
    const version = await versions.versionOf(result.program, preset, env)
    return [{ preset: preset.id, program: result.program.command, version }]
  })
  return (await Promise.all(looks)).flat()
}

import type { Services } from '../config-state.ts'
import type { WrittenEntry } from '../first-run.ts'
import type { Preset } from '../presets/preset.ts'
import { freePortFrom } from './entry-ports.ts'
import { freeKey, freeName } from './free-names.ts'

const HOST = '127.0.0.1'

/**
 * A new entry for a known server: a key and a name that are not taken, and a port that is free now and in no entry. What
 * the preset needs (`needs`) is left for the person to fill in.
 */
export async function suggestEntry(preset: Preset, { entries, definitions }: Services): Promise<WrittenEntry> {
  const keys = entries.map(({ key }) => key)
  if (preset.id === 'custom') return { key: freeKey('custom', 'server', keys) }
  const entry = {
    key: freeKey(preset.id, 'main', keys),
    name: freeName(
      preset.title,
      definitions.map(({ name }) => name),
    ),
    preset: preset.id,
  }
  if (preset.defaultPort === null) return entry
  // If none is free, the person is told so where they choose another one.
  const port = (await freePortFrom(HOST, preset.defaultPort, definitions)) ?? preset.defaultPort
  return { ...entry, args: { port } }
}

import type { ServiceEntry } from '../core/service-config.ts'
import type { EntryProblem } from './definition.ts'
import type { Preset } from './presets/preset.ts'
import { usesAddress } from './template.ts'

/** A variable has one value: each secret is named once, and nothing else sets it. */
export function secretProblems(entry: ServiceEntry, preset: Preset, platform: NodeJS.Platform): EntryProblem[] {
  // Windows does not tell PATH from Path.
  const same = (name: string) => (platform === 'win32' ? name.toLowerCase() : name)
  const inEnv = new Set(Object.keys(entry.env).map(same))
  const earlier = new Set<string>()
  return entry.secrets.flatMap((name, index): EntryProblem[] => {
    const place = { path: ['secrets', index], part: 'value' } as const
    const isRepeated = earlier.has(same(name))
    earlier.add(same(name))
    if (isRepeated) return [{ ...place, message: `${name} is given twice; keep one` }]
    if (inEnv.has(same(name))) return [{ ...place, message: `${name} is also in "env"; keep one of them` }]
    if (!usesAddress(preset.env[name] ?? '')) return []
    return [{ ...place, message: `${name} comes from "host" and "port" in "args"; change those instead` }]
  })
}

const SECRET_NAME = /(?:key|token|secret|password|passwd)$|(?:^|_)(?:api_?key|key|token|secret|password|passwd)_/i
/** Says where a secret lies, which is none. */
const PLACE_NAME = /_(?:file|path|dir|id|name|url)$/i

/** Whether a variable of this name usually holds a secret. Not TOKENIZERS_PARALLELISM, nor MAX_TOKENS. */
export function looksSecret(name: string): boolean {
  return SECRET_NAME.test(name) && !PLACE_NAME.test(name)
}

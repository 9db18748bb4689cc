type Environment = Readonly<Record<string, string | undefined>>

/**
 * A name as Windows compares it: each UTF-16 unit in upper case, those without a single one of their own as they are
 * (CompareStringOrdinal).
 */
export function foldName(name: string): string {
  let folded = ''
  for (let index = 0; index < name.length; index += 1) {
    const unit = name.charAt(index)
    const upper = unit.toUpperCase()
    folded += upper.length === 1 ? upper : unit
  }
  return folded
}

/**
 * The environment of a new process as CreateProcessW takes it with CREATE_UNICODE_ENVIRONMENT: `NAME=value`, each ended
 * by NUL, sorted by name without regard to case, and one more NUL. Of names that differ only in case the last one counts, also if it
 * is undefined and so removes them. Entries such as `=C:`, cmd's working folders of drives, are kept.
 *
 * @throws TypeError for a NUL character, or a name that contains `=` after its first character
 */
export function environmentBlock(environment: Environment): string {
  const entries = new Map<string, string>()
  for (const [name, value] of Object.entries(environment)) {
    if (name === '') continue
    if (name.includes('=', 1)) throw new TypeError(`expected a variable name without "=", got ${JSON.stringify(name)}`)
    const folded = foldName(name)
    entries.delete(folded)
    if (value === undefined) continue
    if (`${name}${value}`.includes('\0'))
      throw new TypeError(`the variable ${JSON.stringify(name)} has a NUL character`)
    entries.set(folded, `${name}=${value}\0`)
  }
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  // Also an empty one ends with two.
  return sorted.length === 0 ? '\0\0' : `${sorted.map(([, entry]) => entry).join('')}\0`
}

/** Without these, most programs fail in strange ways (no sockets, no random numbers), so Node's spawn adds them, too. */
const INDISPENSABLE = ['SystemRoot', 'SystemDrive', 'windir'] as const

/** The environment with what no program can do without, taken from `own` where it is missing. */
export function withIndispensable(environment: Environment, own: Environment): Environment {
  const present = new Set(Object.keys(environment).map(foldName))
  const missing = INDISPENSABLE.filter((name) => !present.has(foldName(name)) && own[name] !== undefined)
  return { ...Object.fromEntries(missing.map((name) => [name, own[name]])), ...environment }
}

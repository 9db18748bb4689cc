/** An object of JSON, whose shape nobody promises. */
export type JsonRecord = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What lies at a path; undefined if there is nothing. */
export function valueAt(record: JsonRecord, path: readonly string[]): unknown {
  let value: unknown = record
  for (const name of path) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/** A copy with another value at a path. Undefined removes it, and the objects around it that are empty then. */
export function withValueAt(record: JsonRecord, path: readonly string[], value: unknown): JsonRecord {
  const [name, ...rest] = path
  if (name === undefined) return record
  const before = Object.hasOwn(record, name) ? record[name] : undefined
  const after = rest.length === 0 ? value : changedBelow(before, rest, value)
  if (after !== undefined) return { ...record, [name]: after }
  const { [name]: _removed, ...others } = record
  return others
}

function changedBelow(before: unknown, path: readonly string[], value: unknown): JsonRecord | undefined {
  const inner = isRecord(before) ? before : {}
  if (value === undefined && valueAt(inner, path) === undefined) return isRecord(before) ? before : undefined
  const after = withValueAt(inner, path, value)
  return Object.keys(after).length === 0 ? undefined : after
}

import type { Identification, Preset } from '../presets/preset.ts'
import type { HttpAnswer } from './ask-path.ts'

/** What a server says of its version is untrusted text: only what looks like one is shown. */
const VERSION = /^[\x21-\x7e](?:[\x20-\x7e]{0,78}[\x21-\x7e])?$/

/** Whether a server's answer is the one that a preset is recognised by. */
export function fits(answer: HttpAnswer, { expectBody, expectJson, expectHeader }: Identification): boolean {
  const isGood = answer.status >= 200 && answer.status < 300
  // Headers are on every answer, whatever its status; a page that says "not found" may hold any text.
  if (!isGood && (expectBody !== undefined || expectJson !== undefined)) return false
  if (expectBody !== undefined && !answer.body.includes(expectBody)) return false
  for (const [name, part] of Object.entries(expectHeader ?? {})) {
    if (!String(answer.headers[name] ?? '').includes(part)) return false
  }
  if (expectJson === undefined) return true
  const json = parseJson(answer.body)
  return Object.entries(expectJson).every(([path, wanted]) => {
    const value = fieldOf(json, path)
    return value !== undefined && (wanted === null || value === wanted)
  })
}

/** The one of these, which all fit the same server, that it is: none that another one imitates. */
export function mostSpecific(fitting: readonly Preset[]): Preset | null {
  const imitated = new Set(fitting.flatMap(({ identification }) => identification?.imitates ?? []))
  return fitting.find(({ id }) => !imitated.has(id)) ?? fitting[0] ?? null
}

/** The version in a field of an answer; null if it is not there, or does not look like one. */
export function versionIn(answer: HttpAnswer, field: string): string | null {
  const value = fieldOf(parseJson(answer.body), field)
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && VERSION.test(text) ? text : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // A page, for example, or cut off.
  }
}

/** `a.b` of a JSON value; undefined if there is no such field. */
function fieldOf(json: unknown, path: string): unknown {
  let value = json
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}

import { getNodeValue, type Node } from 'jsonc-parser'
import { type ServiceDefinition, type ServiceEntry, servicesFileSchema } from '../core/service-config.ts'
import { issueProblems } from './config-errors.ts'
import type { ConfigProblem, Services } from './config-state.ts'
import { toDefinition } from './definition.ts'
import { dependencyProblems } from './dependency-problems.ts'
import { type JsonPath, nodeAt, offsetOf, pathInWords, positionAt } from './json-position.ts'
import type { PresetTable } from './presets/presets.ts'
import { servicesJsonSchema } from './services-schema.ts'
import { parseStrictJson, type TextProblem } from './strict-json.ts'

const KNOWN_VERSION = 1

/** More than a person reads; the rest is counted. */
const MAX_PROBLEMS = 50

export type ParsedServices =
  | ({ readonly ok: true } & Services)
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** As {@link ParsedServices}, with problems by the path of what they are about. */
export type CheckedServices =
  | ({ readonly ok: true } & Services)
  | { readonly ok: false; readonly problems: readonly TextProblem[] }

/** Reads the text of a services.json. All problems at once, in the order of the text. Never throws. */
export function parseServices(text: string, file: string, presets: PresetTable): ParsedServices {
  const checked = checkServices(text, presets)
  return checked.ok ? checked : { ok: false, problems: located(checked.problems, text, file) }
}

/** Reads the text of a services.json. One problem per place, in the order of the text. Never throws. */
export function checkServices(text: string, presets: PresetTable): CheckedServices {
  if (text.trim() === '') {
    const message = 'the file is empty; expected at least {"version": 1, "services": []}'
    return { ok: false, problems: [{ offset: 0, message }] }
  }
  const { root, problems } = parseStrictJson(text)
  if (root === undefined) {
    return { ok: false, problems }
  }
  const version = newerVersion(root)
  if (version !== undefined) {
    return { ok: false, problems: [version] }
  }
  const checked = servicesFileSchema.safeParse(getNodeValue(root))
  const found = [...problems, ...duplicateKeys(text, root)]
  if (!checked.success) {
    const issues = checked.error.issues.slice(0, 10 * MAX_PROBLEMS)
    found.push(...issueProblems(issues, text, root, servicesJsonSchema()))
    return { ok: false, problems: onePerPlace(found) }
  }
  const entries = checked.data.services
  const definitions = applyPresets(entries, presets, root, found)
  return found.length === 0 ? { ok: true, entries, definitions } : { ok: false, problems: onePerPlace(found) }
}

function applyPresets(entries: readonly ServiceEntry[], presets: PresetTable, root: Node, found: TextProblem[]) {
  const definitions: ServiceDefinition[] = []
  entries.forEach((entry, index) => {
    const result = toDefinition(entry, presets)
    if (result.ok) {
      definitions.push(result.definition)
      return
    }
    for (const { path, part, message } of result.problems) {
      const place: JsonPath = ['services', index, ...path]
      found.push({ offset: offsetOf(root, place, part), path: place, message })
    }
  })
  for (const { path, message } of dependencyProblems(entries)) {
    found.push({ offset: offsetOf(root, path, 'value'), path, message })
  }
  return definitions
}

/** Everything else in a file of a later version may rightly look wrong to this one: it is the only problem then. */
function newerVersion(root: Node): TextProblem | undefined {
  const node = nodeAt(root, ['version'])
  if (typeof node?.value !== 'number' || !Number.isInteger(node.value) || node.value <= KNOWN_VERSION) {
    return undefined
  }
  const message = `the file has version ${node.value}, this app knows version ${KNOWN_VERSION}; update the app`
  return { offset: node.offset, path: ['version'], message }
}

function duplicateKeys(text: string, root: Node): TextProblem[] {
  const problems: TextProblem[] = []
  const first = new Map<string, { key: string; index: number; offset: number }>()
  const services = nodeAt(root, ['services'])
  const entries = services?.type === 'array' ? (services.children ?? []) : []
  entries.forEach((entry, index) => {
    const node = nodeAt(entry, ['key'])
    if (typeof node?.value !== 'string') {
      return
    }
    const key = node.value
    // Two keys that differ only in case would share their log files on Windows and macOS.
    const earlier = first.get(key.toLowerCase())
    if (earlier === undefined) {
      first.set(key.toLowerCase(), { key, index, offset: node.offset })
      return
    }
    const place = `services[${earlier.index}] in line ${positionAt(text, earlier.offset).line}`
    const same =
      earlier.key === key ? 'is already the key of' : `differs only in case from "${earlier.key}", the key of`
    const message = `"${key}" ${same} ${place}; give each service its own`
    problems.push({ offset: node.offset, path: ['services', index, 'key'], message })
  })
  return problems
}

function onePerPlace(found: readonly TextProblem[]): TextProblem[] {
  // Two checks may dislike the same key; the stable sort keeps the first of them first.
  return [...found]
    .sort((a, b) => a.offset - b.offset)
    .filter((problem, index, all) => !isSamePlace(problem, all[index - 1]))
}

function isSamePlace(problem: TextProblem, other: TextProblem | undefined): boolean {
  if (other?.path === undefined || problem.path === undefined || problem.offset !== other.offset) return false
  return pathInWords(problem.path) === pathInWords(other.path)
}

function located(problems: readonly TextProblem[], text: string, file: string): ConfigProblem[] {
  const shown: ConfigProblem[] = problems
    .slice(0, MAX_PROBLEMS)
    .map((problem) => ({ file, ...positionAt(text, problem.offset), message: problemInWords(problem) }))
  if (problems.length > MAX_PROBLEMS) {
    shown.push({ file, line: null, column: null, message: `and ${problems.length - MAX_PROBLEMS} more problems` })
  }
  return shown
}

/** With its place in front. */
export function problemInWords({ path, message }: TextProblem): string {
  return path === undefined ? message : `${pathInWords(path)}: ${message}`
}

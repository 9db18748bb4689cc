import type { Node } from 'jsonc-parser'
import type { z } from 'zod'
import { expectation, listInWords, objectIn, schemaAt } from './expectation.ts'
import { type JsonPath, nodeAt, offsetOf, pathInWords } from './json-position.ts'
import { nearest } from './nearest.ts'
import type { JsonSchema } from './services-schema.ts'
import type { TextProblem } from './strict-json.ts'

/**
 * Puts zod's findings into words for the person who edits the file: what was expected, what came, what to do next, each
 * at its place. One problem per place: of two complaints about the same value the first says enough.
 */
export function issueProblems(
  issues: readonly z.core.$ZodIssue[],
  text: string,
  root: Node,
  schema: JsonSchema,
): TextProblem[] {
  const problems = new Map<string, TextProblem>()
  const add = (path: JsonPath, offset: number, words: string) => {
    const place = pathInWords(path)
    if (!problems.has(place)) {
      problems.set(place, { offset, path, message: words })
    }
  }
  for (const issue of issues) {
    const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment))
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const here = [...path, key]
        add(here, offsetOf(root, here, 'key'), unknownKey(key, schemaAt(schema, path)))
      }
    } else if (issue.code === 'invalid_key') {
      add(path, offsetOf(root, path, 'key'), `the key ${issue.issues[0]?.message ?? 'is not allowed'}`)
    } else if (nodeAt(root, path) === undefined) {
      const parent = path.slice(0, -1)
      const key = String(path.at(-1))
      add(path, offsetOf(root, parent, 'value'), missingKey(key, schemaAt(schema, path)))
    } else {
      add(path, offsetOf(root, path, 'value'), wrongValue(issue, path, text, root, schemaAt(schema, path)))
    }
  }
  return [...problems.values()]
}

function unknownKey(key: string, parent: JsonSchema | undefined): string {
  const known = Object.entries(objectIn(parent)?.properties ?? {})
  const inside = known.find(([, child]) => child.properties?.[key] !== undefined)
  if (inside !== undefined) {
    return `unknown key here; it belongs inside ${JSON.stringify(inside[0])}`
  }
  const names = known.map(([name]) => name)
  const meant = nearest(key, names)
  return meant === undefined
    ? `unknown key; known here: ${listInWords(names, 'and')}`
    : `unknown key; did you mean ${JSON.stringify(meant)}?`
}

function missingKey(key: string, schema: JsonSchema | undefined): string {
  if (schema === undefined) {
    return 'is missing'
  }
  const example = schema.const === undefined ? '' : `; add ${JSON.stringify(key)}: ${JSON.stringify(schema.const)}`
  return `is missing; expected ${expectation(schema)}${example}`
}

function wrongValue(
  issue: z.core.$ZodIssue,
  path: JsonPath,
  text: string,
  root: Node,
  schema: JsonSchema | undefined,
): string {
  const node = nodeAt(root, path)
  const got = node === undefined ? 'nothing' : valueInWords(node, text, isSecret(path))
  if (issue.code === 'invalid_format' || issue.code === 'custom') {
    return `${issue.message}, got ${got}`
  }
  if (schema === undefined) {
    return `${issue.message}, got ${got}`
  }
  return `expected ${expectation(schema)}, got ${got}${quotesHint(schema, node)}`
}

/** The value as it stands in the file, shortened; never a value that may be a key or a token. */
function valueInWords(node: Node, text: string, secret: boolean): string {
  switch (node.type) {
    case 'object':
      return 'an object'
    case 'array':
      return 'a list'
    case 'string':
    case 'number':
      if (secret) {
        return node.type === 'string' ? 'a text' : 'a number'
      }
      break
    default:
      break
  }
  const source = text.slice(node.offset, node.offset + node.length)
  return source.length > 60 ? `${source.slice(0, 57)}...` : source
}

function isSecret(path: JsonPath): boolean {
  // Only names belong into "secrets", but a person may have put a value there.
  return path.includes('env') || path.includes('secrets')
}

function quotesHint(schema: JsonSchema, node: Node | undefined): string {
  if (node?.type !== 'string') {
    const wantsText = schema.type === 'string' && (node?.type === 'number' || node?.type === 'boolean')
    return wantsText && schema.enum === undefined ? '; write it in double quotes' : ''
  }
  const isNumber = (schema.type === 'integer' || schema.type === 'number') && /^-?\d+(\.\d+)?$/.test(node.value)
  const isBoolean = schema.type === 'boolean' && /^(true|false)$/.test(node.value)
  return isNumber || isBoolean ? '; write it without quotes' : ''
}

import type { JsonPath } from './json-position.ts'
import type { JsonSchema } from './services-schema.ts'

/** The schema of the value at a path, or undefined if nothing may stand there. */
export function schemaAt(schema: JsonSchema, path: JsonPath): JsonSchema | undefined {
  let current: JsonSchema | undefined = schema
  for (const segment of path) {
    if (typeof segment === 'number') {
      current = current?.items
    } else {
      current = objectIn(current)
      const other: JsonSchema['additionalProperties'] = current?.additionalProperties
      current = current?.properties?.[segment] ?? (typeof other === 'object' ? other : undefined)
    }
  }
  return current
}

/** Where a value may be a text or an object: what the object may hold. */
export function objectIn(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.anyOf?.find(({ type }) => type === 'object') ?? schema
}

/** What a schema wants, in words that continue "expected ...". */
export function expectation(schema: JsonSchema): string {
  if (schema.const !== undefined) {
    return JSON.stringify(schema.const)
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map(expectation).join(' or ')
  }
  if (schema.enum !== undefined) {
    return `one of ${listInWords(schema.enum)}`
  }
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`
    case 'number':
      return `a number${range(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `a list in [ ]${schema.items?.type === 'string' ? ' of texts in double quotes' : ''}`
    case 'object':
      return 'an object in { }'
    default:
      return textInWords(schema)
  }
}

/** `"a", "b" or "c"`. */
export function listInWords(names: readonly string[], conjunction = 'or'): string {
  const quoted = names.map((name) => JSON.stringify(name))
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${conjunction} ${last}`
}

function range({ minimum, maximum }: JsonSchema): string {
  return minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`
}

function textInWords({ minLength = 0, maxLength }: JsonSchema): string {
  const least = minLength > 0 ? 'a non-empty text' : 'a text'
  return maxLength === undefined ? `${least} in double quotes` : `${least} of at most ${maxLength} characters`
}

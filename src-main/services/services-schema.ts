import { z } from 'zod'
import { servicesFileSchema } from '../core/service-config.ts'
import { presets } from './presets/presets.ts'

/** The part of JSON Schema (draft 7) that `servicesJsonSchema` uses. */
export interface JsonSchema {
  readonly $schema?: string
  readonly title?: string
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
}

/**
 * services.json described for editors: what a person may write (defaults need not be given), with the names of the known
 * presets. Draft 7, since that is what editors understand best.
 */
export function servicesJsonSchema(): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(servicesFileSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      if (path.join('/') === 'properties/services/items/properties/preset') {
        jsonSchema.enum = Object.keys(presets).sort()
        delete jsonSchema.minLength
      }
      // A key alone is turned into the object before zod looks at it.
      if (path.join('/') === 'properties/services/items/properties/after/items' && jsonSchema.anyOf === undefined) {
        const object = { ...jsonSchema }
        for (const name of Object.keys(jsonSchema)) delete jsonSchema[name]
        jsonSchema.anyOf = [{ type: 'string' }, object]
      }
    },
  })
  return {
    $schema,
    title: 'AgentOS Tray services',
    description: 'The model servers that AgentOS Tray starts, stops and watches.',
    ...rest,
  } as JsonSchema
}

/** The text of `services.schema.json`. */
export function servicesJsonSchemaText(): string {
  return `${JSON.stringify(servicesJsonSchema(), null, 2)}\n`
}

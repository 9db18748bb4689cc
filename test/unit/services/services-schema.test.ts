import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { servicesJsonSchema, servicesJsonSchemaText } from '../../../src-main/services/services-schema.ts'

it('is published as it is', () => {
  const published = readFileSync(new URL('../../../docs/services.schema.json', import.meta.url), 'utf8')
  expect(published, 'docs/services.schema.json is not current; run: node scripts/services-schema.ts').toBe(
    servicesJsonSchemaText(),
  )
})

it('offers the presets and describes what a person writes', () => {
  const schema = servicesJsonSchema()
  const service = schema.properties?.services?.items
  expect(service?.properties?.preset?.enum).toEqual(Object.keys(presets).sort())
  expect(service).toMatchObject({ required: ['key'], additionalProperties: false })
  expect(schema.properties?.$schema).toEqual({ type: 'string' })
})

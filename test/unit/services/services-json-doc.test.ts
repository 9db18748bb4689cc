import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { defaultHealth } from '../../../src-main/core/service-config.ts'
import { parseServices } from '../../../src-main/services/parse-services.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { type JsonSchema, servicesJsonSchema } from '../../../src-main/services/services-schema.ts'

const document = readFileSync(new URL('../../../docs/services-json.md', import.meta.url), 'utf8')
const examples = [...document.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

it.skipIf(process.platform === 'win32')('has examples that are right', () => {
  expect(examples.length).toBeGreaterThan(3)
  for (const example of examples) {
    expect(parseServices(example, 'example', presets)).toMatchObject({ ok: true })
  }
})

/** `args.port` and so on: what a service may have, without the objects in between. */
function leaves(schema: JsonSchema, prefix = ''): [string, JsonSchema & { default?: unknown }][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    child.properties === undefined ? [[`${prefix}${name}`, child]] : leaves(child, `${prefix}${name}.`),
  )
}

it('lists every key with its default', () => {
  const service = servicesJsonSchema().properties?.services?.items ?? {}
  const rows = new Map(
    [...document.matchAll(/^\| `([\w.]+)` +\|.*\| ([^|]*?) +\|$/gm)].map((match) => [match[1], match[2]]),
  )
  for (const [name, { default: fallback }] of leaves(service)) {
    expect(rows.has(name), `a row for ${name}`).toBe(true)
    if (fallback !== undefined) {
      expect(rows.get(name), `the default of ${name}`).toBe(
        `\`${String(Array.isArray(fallback) ? '[]' : typeof fallback === 'object' ? '{}' : fallback)}\``,
      )
    }
  }
  for (const name of ['intervalSeconds', 'timeoutSeconds', 'startGraceSeconds', 'failureThreshold'] as const) {
    expect(rows.get(`health.${name}`)).toBe(`\`${defaultHealth[name]}\``)
  }
  for (const { id, defaultPort } of Object.values(presets)) {
    expect(document).toMatch(new RegExp(`^\\| \`${id}\` +\\| .* \\| ${defaultPort ?? 'none'} +\\|`, 'm'))
  }
})

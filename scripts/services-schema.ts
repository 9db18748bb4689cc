// Writes docs/services.schema.json from the schema in src-main/core/service-config.ts. Run: node scripts/services-schema.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { servicesJsonSchemaText } from '../src-main/services/services-schema.ts'

const file = fileURLToPath(new URL('../docs/services.schema.json', import.meta.url))
writeFileSync(file, servicesJsonSchemaText())
console.log(`wrote ${file}`)

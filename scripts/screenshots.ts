import { models } from './screenshots/models.ts'
import { overview } from './screenshots/overview.ts'
import { setup } from './screenshots/setup.ts'

/**
 * Draws docs/screenshots from the real app with real services: `npm run screenshots`. With words behind `--` only those sets
 * of pictures. Nothing on the pictures is made up but the names, and how other people's servers answer.
 */

const sets: Readonly<Record<string, () => Promise<void>>> = { overview, setup, models }
const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(sets)) {
  const draw = sets[name]
  if (draw === undefined) throw new Error(`expected some of ${Object.keys(sets).join(', ')}, got "${name}"`)
  await draw()
}

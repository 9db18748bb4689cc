import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { presets } from '../../../../src-main/services/presets/presets.ts'

const document = readFileSync(new URL('../../../../docs/presets.md', import.meta.url), 'utf8')
const known = Object.values(presets).filter(({ id }) => id !== 'custom')

/** The cells of a preset's row. */
function rowOf(id: string): string[] {
  const line = document.split('\n').find((text) => text.startsWith(`| \`${id}\` `))
  return (line ?? '').split('|').map((cell) => cell.trim())
}

describe.each(known)('the row of $id', (preset) => {
  const [, , ports, key, version, recognised, children] = rowOf(preset.id)

  it('has its ports, its key and its version command', () => {
    expect(ports).toBe([preset.defaultPort, ...(preset.otherPorts ?? [])].join(', '))
    expect(key).toBe(preset.keyVariable === null ? 'none' : `\`${preset.keyVariable}\``)
    expect(version).toBe(preset.versionArgs === null ? 'none' : `\`${preset.versionArgs.join(' ')}\``)
  })

  it('says how it is recognised', () => {
    const { identification } = preset
    if (identification === null) {
      expect(recognised).toBe('nothing')
      return
    }
    const { path, expectBody, expectJson = {}, expectHeader = {} } = identification
    const body = expectBody === undefined ? [] : [`\`${expectBody}\``]
    const fields = Object.entries(expectJson).map(
      ([name, value]) => `\`${name}\`${value === null ? '' : ` is \`${value}\``}`,
    )
    const headers = Object.entries(expectHeader).map(([name, part]) => `header \`${name}\` has \`${part}\``)
    expect(recognised).toBe(`\`${path}\`: ${[...body, ...fields, ...headers].join(', ')}`)
  })

  it('names the processes that belong to it', () => {
    expect(children).toBe(preset.childNames.map((name) => `\`${name}\``).join(' '))
  })
})

it('has no row for what is no preset', () => {
  const rows = [...document.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, id]) => id)
  expect(rows).toEqual(known.map(({ id }) => id))
})

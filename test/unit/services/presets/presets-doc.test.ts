import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Preset } from '../../../../src-main/services/presets/preset.ts'
import { presets } from '../../../../src-main/services/presets/presets.ts'

const document = readFileSync(new URL('../../../../docs/services-json.md', import.meta.url), 'utf8')
const chapter = document.slice(document.indexOf('\n## Presets'), document.indexOf('\n## Examples'))
const known = Object.values(presets).filter(({ id }) => id !== 'custom')

/** The cells of a preset's row: preset, program, port, what is passed, probe. */
function rowOf({ id }: Preset): string[] {
  const line = chapter.split('\n').find((text) => text.startsWith(`| \`${id}\` `))
  return (line ?? '').split('|').map((cell) => cell.trim())
}

describe.each(known)('the row of $id', (preset) => {
  const [, , program = '', port, passed = '', probe = ''] = rowOf(preset)

  it('names its program and its port', () => {
    const { binNames, needs, id } = preset
    const usual = binNames.win32?.[0] ?? binNames.other[0]
    expect(program).toBe(id === 'demo' ? 'built in' : needs === undefined ? `\`${usual}\`` : 'a Python')
    expect(port).toBe(String(preset.defaultPort))
  })

  it('says all that is passed, but what Python gets', () => {
    const words = (preset.control?.start ?? preset.args).filter((argument) => !argument.includes('{'))
    const names = Object.keys(preset.env).filter((name) => !name.startsWith('PYTHON'))
    const said = passed.replaceAll(/[`,]/g, ' ').split(/[ =]+/)
    for (const text of [...words, ...names]) expect(said).toContain(text)
  })

  it('says what is asked', () => {
    const { path = '/', expectBody, readiness, startGraceSeconds = 0 } = preset.health
    for (const text of [path, expectBody, readiness?.path]) {
      if (text !== undefined) expect(probe).toContain(`\`${text}\``)
    }
    expect(probe.includes('30 minutes')).toBe(startGraceSeconds === 1800)
  })
})

it('tells which ports differ from the server’s own', () => {
  const [, sentence = ''] = /No two presets share one\. (.*?) differ from/s.exec(chapter) ?? []
  const named = [...sentence.matchAll(/`([\w-]+)`/g)].map(([, id]) => id)
  expect(named).toEqual(['llamacpp', 'whisper', 'open-webui', 'llamafile', 'mlx'])
})

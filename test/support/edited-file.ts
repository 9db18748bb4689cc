import { expect } from 'vitest'
import { type EditWorld, succeeded } from './edit-world.ts'

/** As a person might have laid it out. */
export const FILE = `{
  "$schema": "./services.schema.json",
  "version":1,
  "services": [
    {"key": "demo:one",   "preset": "demo", "name": "One"},
    {
        "args": { "port": 9001 },
        "preset": "demo", "key": "demo:two",
        "secrets": ["TOKEN"]
    },

    { "key": "demo:three", "preset": "demo", "after": ["demo:two"] }
  ]
}
`
export const ONE = '{"key": "demo:one",   "preset": "demo", "name": "One"}'
export const TWO = /\{\n {8}"args"[^}]*\}[^}]*\}/.exec(FILE)?.[0] ?? ''
export const THREE = '{ "key": "demo:three", "preset": "demo", "after": ["demo:two"] }'

export const NEW = { key: 'demo:new', preset: 'demo', args: { port: 9009 } }

export const revision = async ({ edits }: EditWorld, key: string) => succeeded(await edits.entry(key)).revision
export const failed = (code: string, message: RegExp | string = '') => ({
  ok: false,
  failure: { code, message: expect.stringMatching(message) },
})

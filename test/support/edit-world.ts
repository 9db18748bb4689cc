import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Failure } from '../../src-main/core/failure.ts'
import type { ConfigState } from '../../src-main/services/config-state.ts'
import { ConfigStore } from '../../src-main/services/config-store.ts'
import { ConfigEdits } from '../../src-main/services/edit/config-edits.ts'
import { SecretStore } from '../../src-main/services/secret-store.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { TestCipher } from './test-cipher.ts'

export interface EditWorldOptions {
  readonly stop?: (key: string) => Promise<Failure | null>
}

/** A config folder with this services.json, and all that changes it. */
export async function editWorld(text: string, { stop = async () => null }: EditWorldOptions = {}) {
  const directory = temporaryDirectory()
  const file = join(directory, 'services.json')
  writeFileSync(file, text)
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  const store = new ConfigStore({ directory, firstRun: async () => [], warn })
  const cipher = new TestCipher()
  const secrets = new SecretStore({ directory, cipher, warn })
  await store.load()
  return {
    directory,
    file,
    store,
    cipher,
    secrets,
    edits: new ConfigEdits({ store, secrets, stop, warn }),
    warnings,
    text: () => readFileSync(file, 'utf8'),
    /** As another program would. */
    save: (content: string) => writeFileSync(file, content),
    services: () => JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')).services as Record<string, unknown>[],
  }
}

export type EditWorld = Awaited<ReturnType<typeof editWorld>>

export const keysOf = (state: ConfigState) => state.entries.map(({ key }) => key)

/** The value of a result; the test fails if it is a failure. */
export function succeeded<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure },
): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}

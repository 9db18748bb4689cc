import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigStore, type ConfigStoreOptions } from '../../../src-main/services/config-store.ts'

/** A temporary config directory; the caller removes it. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'agentos-config-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function storeIn(directory: string, options: Partial<ConfigStoreOptions> = {}): ConfigStore {
  return new ConfigStore({
    directory,
    firstRun: async () => [{ key: 'demo:server', name: 'Demo server', preset: 'demo', args: { port: 11_555 } }],
    ...options,
  })
}

export function writeServices(directory: string, text: string | Uint8Array): void {
  writeFileSync(join(directory, 'services.json'), text)
}

export const goodFile = (...keys: string[]) =>
  JSON.stringify({ version: 1, services: keys.map((key) => ({ key, preset: 'demo' })) })

/** Resolves as soon as `condition` gives something; for what happens soon but not at once. */
export async function eventually<T>(condition: () => T | undefined | false, milliseconds = 5000): Promise<T> {
  const end = Date.now() + milliseconds
  for (;;) {
    const value = condition()
    if (value !== undefined && value !== false) {
      return value
    }
    if (Date.now() > end) {
      throw new Error(`nothing came within ${milliseconds} ms: ${condition}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

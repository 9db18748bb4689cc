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

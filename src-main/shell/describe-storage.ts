import type { SecretStorage } from '../services/secret-store.ts'

/** What of Electron's safeStorage says whether it is safe. */
export interface StorageTraits {
  isEncryptionAvailable(): boolean
  /** Linux only, and not in the oldest Electron that this app runs in. */
  readonly getSelectedStorageBackend?: () => string
}

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Keychain',
  win32: 'Windows data protection',
}

/** What Linux desktops have; what is not here is not safe, or not known to be. */
const BACKENDS: ReadonlyMap<string, string> = new Map([
  ['gnome_libsecret', 'GNOME Keyring or another Secret Service'],
  ['kwallet', 'KWallet'],
  ['kwallet5', 'KWallet 5'],
  ['kwallet6', 'KWallet 6'],
])

/**
 * Whether secrets are safe in it. Without a keyring, Linux would "encrypt" with a password that is in Chromium's source
 * (`basic_text`): that counts as nothing.
 */
export function describeStorage(storage: StorageTraits, platform: NodeJS.Platform): SecretStorage {
  if (!storage.isEncryptionAvailable()) return { storage: 'none', detail: 'the system offers no safe storage' }
  if (platform !== 'linux') return { storage: 'system', detail: SYSTEMS[platform] ?? 'the key store of the system' }
  const backend = storage.getSelectedStorageBackend?.()
  // Without that question nothing but a keyring counts as encryption (measured with Electron 25).
  if (backend === undefined) return { storage: 'system', detail: 'the keyring of this desktop' }
  const detail = BACKENDS.get(backend)
  if (detail === undefined) return { storage: 'none', detail: 'there is no keyring, such as GNOME Keyring or KWallet' }
  return { storage: 'system', detail }
}

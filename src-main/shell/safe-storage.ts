import { safeStorage } from 'electron'
import type { SecretCipher } from '../services/secret-store.ts'
import { describeStorage } from './describe-storage.ts'

/** Electron's safeStorage: its key lies with the system, for the person who is logged in. Usable once the app is ready. */
export const systemCipher: SecretCipher = {
  info: () => describeStorage(safeStorage, process.platform),
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (sealed) => safeStorage.decryptString(sealed),
}

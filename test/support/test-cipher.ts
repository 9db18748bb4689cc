import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SecretCipher, SecretStorage } from '../../src-main/services/secret-store.ts'

/** A system's safe storage with a key of its own, as Electron's is: what another one has sealed cannot be opened. */
export class TestCipher implements SecretCipher {
  readonly #key = randomBytes(32)
  storage: SecretStorage['storage'] = 'system'

  info(): SecretStorage {
    return { storage: this.storage, detail: this.storage === 'system' ? 'Test Keyring' : 'there is no keyring' }
  }

  encrypt(text: string): Buffer {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  decrypt(sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(12, 28))
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8')
  }
}

import { expect, it } from 'vitest'
import { describeStorage } from '../../../src-main/shell/describe-storage.ts'

const storage = (isAvailable: boolean, backend?: string) => ({
  isEncryptionAvailable: () => isAvailable,
  ...(backend === undefined ? {} : { getSelectedStorageBackend: () => backend }),
})

it.each([
  ['darwin', undefined, 'Keychain'],
  ['win32', undefined, 'Windows data protection'],
  ['linux', 'gnome_libsecret', 'GNOME Keyring or another Secret Service'],
  ['linux', 'kwallet6', 'KWallet 6'],
  ['linux', undefined, 'the keyring of this desktop'],
] as const)('secrets are safe on %s (%s)', (platform, backend, detail) => {
  expect(describeStorage(storage(true, backend), platform)).toEqual({ storage: 'system', detail })
})

it.each([
  ['nothing is encrypted', 'darwin', storage(false), /no safe storage/],
  ['the password is in Chromium’s source', 'linux', storage(true, 'basic_text'), /no keyring/],
  ['it is too early to know', 'linux', storage(true, 'unknown'), /no keyring/],
  ['the back end is a new one', 'linux', storage(true, 'toString'), /no keyring/],
] as const)('secrets are not safe where %s', (_what, platform, traits, detail) => {
  expect(describeStorage(traits, platform)).toEqual({ storage: 'none', detail: expect.stringMatching(detail) })
})

// Not MAX_TOKENS or TOKENIZER_PATH, which say how a model is run.
const SECRET_NAME = /(key|token(?!s|iz)|secret|password|passwd|credential|auth(?!or))(?![a-z])/i

/** Whether a variable's name says that nobody should read its value over a shoulder. */
export function looksSecret(name: string): boolean {
  return SECRET_NAME.test(name)
}

const KEY_BYTES = 24

/** A key that nobody can guess: 192 random bits, in letters and digits that need no quotes anywhere. */
export function generateKey(fillRandom: (bytes: Uint8Array<ArrayBuffer>) => unknown): string {
  const bytes = new Uint8Array(KEY_BYTES)
  fillRandom(bytes)
  return `sk-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

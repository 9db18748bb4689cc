import { promises as fsp } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../os/atomic-write.ts'
import { MAX_FILE_BYTES, readTextFile } from './config-file.ts'

/** Encrypted values in base64, by variable. */
export type SealedSecrets = ReadonlyMap<string, string>

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/)

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** By key of the service, then by variable. */
  secrets: z.record(z.string(), z.record(z.string(), base64)),
})

export type ReadSecrets =
  | { readonly ok: true; readonly secrets: ReadonlyMap<string, SealedSecrets> }
  /** Why it cannot be used; never with anything out of it. */
  | { readonly ok: false; readonly reason: string }

/** Reads a `secrets.json`; a missing one has none. Never rejects. */
export async function readSecretsFile(file: string): Promise<ReadSecrets> {
  const read = await readTextFile(file)
  if (read.kind === 'missing') return { ok: true, secrets: new Map() }
  if (read.kind === 'unreadable') return { ok: false, reason: read.problem.message }
  try {
    const { secrets } = fileSchema.parse(JSON.parse(read.text))
    return { ok: true, secrets: new Map(Object.entries(secrets).map(([key, values]) => [key, toMap(values)])) }
  } catch {
    return { ok: false, reason: 'it is not what this app writes' }
  }
}

/**
 * Replaces `secrets.json`: it is readable by its owner only, never half, and survives a crash of the operating system.
 * @throws the system's error, or one that says that it would be too large to be read again
 */
export async function writeSecretsFile(file: string, secrets: ReadonlyMap<string, SealedSecrets>): Promise<void> {
  const plain = [...secrets].map(([key, values]) => [key, Object.fromEntries(values)])
  const text = `${JSON.stringify({ version: 1, secrets: Object.fromEntries(plain) }, null, 2)}\n`
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    throw new Error(`expected at most ${MAX_FILE_BYTES} bytes of secrets, got ${Buffer.byteLength(text)}`)
  }
  await fsp.mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFileAtomic(file, text, { fsync: true })
}

const toMap = (values: Readonly<Record<string, string>>): SealedSecrets => new Map(Object.entries(values))

import { promises as fsp } from 'node:fs'
import { basename } from 'node:path'
import type { ConfigProblem } from './config-state.ts'
import { positionAt } from './json-position.ts'

/** Far beyond what a person writes; a file of gigabytes must not stop the app. */
export const MAX_FILE_BYTES = 1024 * 1024

const BYTE_ORDER_MARK = '\uFEFF'

export type ReadResult =
  | {
      readonly kind: 'text'
      readonly text: string
      /** The byte order mark that it begins with, or nothing. */
      readonly mark: string
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly problem: ConfigProblem }

/** Reads a small UTF-8 text file; a byte order mark is no part of the text. Never throws. */
export async function readTextFile(file: string): Promise<ReadResult> {
  try {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    const info = await fsp.stat(file)
    if (!info.isFile()) {
      const what = info.isDirectory() ? 'a directory' : 'neither a file nor a link to one'
      return unreadable(file, `expected a file, but ${basename(file)} is ${what}; move it away`)
    }
    if (info.size > MAX_FILE_BYTES) {
      return unreadable(file, `expected at most ${MAX_FILE_BYTES} bytes, got ${info.size}; is this the right file?`)
    }
    return decode(file, await fsp.readFile(file))
  } catch (error) {
    return unreadableBecause(file, error)
  }
}

function decode(file: string, bytes: Buffer): ReadResult {
  const text = bytes.toString('utf8')
  const again = Buffer.from(text, 'utf8')
  if (!again.equals(bytes)) {
    const offset = bytes.findIndex((byte, index) => byte !== again[index])
    const before = bytes.toString('utf8', 0, offset).replace(/^\uFEFF/, '')
    const message = `expected UTF-8, got the byte 0x${bytes[offset]?.toString(16)} here; save the file as UTF-8`
    const place = positionAt(before, before.length)
    return { kind: 'unreadable', problem: { file, ...place, message } }
  }
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''
  return { kind: 'text', text: text.slice(mark.length), mark }
}

async function unreadableBecause(file: string, error: unknown): Promise<ReadResult> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') {
    const isLink = await fsp.lstat(file).then(
      () => true,
      () => false,
    )
    return isLink
      ? unreadable(
          file,
          `${basename(file)} is a link to a file that does not exist; create that file or remove the link`,
        )
      : { kind: 'missing' }
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unreadable(file, `${basename(file)} cannot be read (${code}); give your user the permission to read it`)
  }
  return unreadable(file, `${basename(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
}

function unreadable(file: string, message: string): ReadResult {
  return { kind: 'unreadable', problem: { file, line: null, column: null, message } }
}

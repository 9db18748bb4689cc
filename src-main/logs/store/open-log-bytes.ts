import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogStream } from '../../core/log-row.ts'
import type { LogBytes } from './log-bytes.ts'

/** The bytes of one stream of a service whose logs are in `folder`. */
export function openLogBytes(folder: string, stream: LogStream): LogBytes {
  const path = join(folder, `${stream}.log`)
  let file: FileHandle | null = null
  let generation = ''
  return {
    extent: async () => {
      const found = await stat(path).catch(ignoreMissing)
      const now = found === null ? '' : `${found.dev}:${found.ino}`
      if (now !== generation) {
        await file?.close()
        file = null
        generation = now
      }
      return { first: 0, end: found?.size ?? 0, generation }
    },
    read: async (offset, buffer) => {
      file ??= await open(path, 'r').catch(ignoreMissing)
      if (file === null) return -1
      let read = 0
      while (read < buffer.length) {
        const { bytesRead } = await file.read(buffer, read, buffer.length - read, offset + read)
        if (bytesRead === 0) break
        read += bytesRead
      }
      return read
    },
    release: async () => {
      await file?.close()
      file = null
    },
  }
}

function ignoreMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

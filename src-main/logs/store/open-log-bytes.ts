import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogStream } from '../../core/log-row.ts'
import type { LogBytes, LogBytesExtent } from './log-bytes.ts'

/** The bytes of a service's stream, read from the one file that is written to. */
export function openLogBytes(folder: string, stream: LogStream): LogBytes {
  return new FileBytes(join(folder, `${stream}.log`))
}

class FileBytes implements LogBytes {
  readonly #path: string
  #file: FileHandle | null = null

  constructor(path: string) {
    this.#path = path
  }

  async extent(): Promise<LogBytesExtent> {
    const file = await this.#open()
    const { size, ino } = await file.stat()
    return { first: 0, end: size, generation: String(ino) }
  }

  async read(offset: number, buffer: Buffer): Promise<number> {
    const file = this.#file ?? (await this.#open())
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }

  async release(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close()
  }

  async #open(): Promise<FileHandle> {
    this.#file ??= await open(this.#path, 'r')
    return this.#file
  }
}

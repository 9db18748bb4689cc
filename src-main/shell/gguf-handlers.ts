import type { GgufFinder } from '../services/gguf/gguf-finder.ts'
import { type Handlers, okReply } from './ipc-dispatch.ts'

export interface GgufHandlerContext {
  readonly gguf: Pick<GgufFinder, 'scan' | 'read'>
}

/** Tells the window which model files there are, and what a file is. */
export function createGgufHandlers({ gguf }: GgufHandlerContext): Pick<Handlers, 'gguf.scan' | 'gguf.read'> {
  return {
    'gguf.scan': async ({ refresh }) => okReply(await gguf.scan({ refresh })),
    'gguf.read': async ({ file }) => okReply(await gguf.read(file)),
  }
}

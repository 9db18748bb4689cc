import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8 from giving this process's main thread more and more memory for young objects, up to 32 MB, when it is busy for a
 * while: what it makes, pages of rows above all, is garbage as soon as it is sent. It is as much work with less memory
 * (docs/decisions/0019-young-generation.md).
 *
 * The flag holds for the whole process, and Electron sets its own when a thread begins; so it is set again after that.
 */
export function boundYoungGeneration(): void {
  doNotGrow()
  process.on('worker', (worker) => worker.once('online', doNotGrow))
}

function doNotGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

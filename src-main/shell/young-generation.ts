import { setFlagsFromString } from 'node:v8'
import { app } from 'electron'

/** Room for some pages of rows. V8 would take up to 8. */
const WINDOW_SEMI_SPACE_MB = 2

/**
 * Keeps V8 from giving windows and this process's main thread more and more memory for young objects when they are busy for a
 * while: what they make, pages of rows above all, is garbage as soon as it is sent. It is as much work with less memory
 * (docs/decisions/0019-garbage.md).
 *
 * To be called before a window is opened. The main thread's flag holds for the whole process, and V8 sets it back when it makes
 * a heap for a thread; so it is set again after that.
 */
export function boundYoungGeneration(): void {
  app.commandLine.appendSwitch('js-flags', `--max-semi-space-size=${WINDOW_SEMI_SPACE_MB}`)
  doNotGrow()
  process.on('worker', (worker) => worker.once('online', doNotGrow))
}

function doNotGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

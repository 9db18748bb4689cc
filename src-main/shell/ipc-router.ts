import { type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron'
import { CHANNEL_PREFIX, type EventChannel, type EventPayload, requests } from '../../src-preload/contract/contract.ts'
import { isAppUrl } from './app-protocol.ts'
import { type DispatchOptions, dispatch } from './ipc-dispatch.ts'

/** The only file that touches ipcMain and webContents.send: lint bans both elsewhere. */

/**
 * Whether a message comes from our page: the top frame of one of our windows, at our origin. A frame that is gone
 * already (null) is not trusted.
 */
function isTrusted(event: IpcMainInvokeEvent, isOurWindow: (contents: WebContents) => boolean): boolean {
  const frame = event.senderFrame
  if (frame == null || frame.parent !== null) return false
  return isOurWindow(event.sender) && isAppUrl(frame.url)
}

/** Answers every channel of the contract. */
export function listenToWindow(isOurWindow: (contents: WebContents) => boolean, options: DispatchOptions): void {
  for (const channel of Object.keys(requests)) {
    ipcMain.handle(CHANNEL_PREFIX + channel, (event, input: unknown) =>
      dispatch(channel, isTrusted(event, isOurWindow), input, options),
    )
  }
}

/** Sends an event of the contract to a window; nothing happens if that is gone. */
export function sendToWindow<E extends EventChannel>(
  contents: WebContents,
  channel: E,
  payload: EventPayload<E>,
): void {
  if (!contents.isDestroyed()) contents.send(CHANNEL_PREFIX + channel, payload)
}

import { type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron'
import { CHANNEL_PREFIX, requests } from '../../src-preload/contract/contract.ts'
import { isAppUrl } from './app-protocol.ts'
import { type DispatchOptions, dispatch } from './ipc-dispatch.ts'
import type { Page, SendToPage } from './page.ts'

/** The only file that touches ipcMain and webContents.send: lint bans both elsewhere. */

/**
 * The page a message comes from: the top frame of one of our windows, at our origin; null for any other. A frame that is
 * gone already (null) is not trusted.
 */
function senderOf(event: IpcMainInvokeEvent, pageOf: PageOf): Page | null {
  const frame = event.senderFrame
  if (frame == null || frame.parent !== null || !isAppUrl(frame.url)) return null
  return pageOf(event.sender)
}

/** The page of one of our windows; null for any other web contents. */
type PageOf = (contents: WebContents) => Page | null

/** Answers every channel of the contract. */
export function listenToWindows(pageOf: PageOf, options: DispatchOptions): void {
  for (const channel of Object.keys(requests)) {
    ipcMain.handle(CHANNEL_PREFIX + channel, (event, input: unknown) =>
      dispatch(channel, senderOf(event, pageOf), input, options),
    )
  }
}

/** Sends events of the contract to a page; nothing happens once that is gone. */
export function senderTo(contents: WebContents): SendToPage {
  return (channel, payload) => {
    if (!contents.isDestroyed()) contents.send(CHANNEL_PREFIX + channel, payload)
  }
}

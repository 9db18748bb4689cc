import { join } from 'node:path'
import type { TrayIcon } from './tray-model.ts'

/**
 * Which file of `assets/icons` shows a state.
 *
 * macOS: a template image, which the menu bar tints; Electron finds its @2x by itself. Windows: an .ico, since from a PNG
 * Electron takes the bitmap for 100 % only and scales that up (NativeImage::GetHICON). Linux: Chromium sends one bitmap
 * too (MakeDbusImage) and each panel scales it to its own size, so it gets one a little larger than panels need.
 */
export function trayImagePath(
  assetsDir: string,
  icon: TrayIcon,
  platform: NodeJS.Platform,
  scaleFactor: number,
): string {
  const directory = join(assetsDir, 'tray')
  if (platform === 'darwin') return join(directory, `${icon}Template.png`)
  if (platform === 'win32') return join(directory, `${icon}.ico`)
  return join(directory, 'linux', scaleFactor > 1 ? `${icon}-64.png` : `${icon}.png`)
}

import { Menu, type MenuItemConstructorOptions, type NativeImage, nativeImage, screen, Tray } from 'electron'
import type { TrayFactory } from './tray.ts'
import { trayImagePath } from './tray-images.ts'
import type { TrayAction, TrayMenuItem } from './tray-model.ts'

/** The tray of Electron. `assetsDir` holds what scripts/icons.ts made. Call it after `app.whenReady()`. */
export function electronTray(assetsDir: string): TrayFactory<NativeImage, Menu> {
  return {
    loadImage: (icon) => {
      const path = trayImagePath(assetsDir, icon, process.platform, screen.getPrimaryDisplay().scaleFactor)
      const image = nativeImage.createFromPath(path)
      // createFromPath reports nothing, and an empty image makes an invisible icon.
      if (image.isEmpty()) throw new Error(`The tray icon ${path} cannot be read.`)
      return image
    },
    buildMenu: (items, act) => Menu.buildFromTemplate(items.map((item) => menuTemplate(item, act))),
    createTray: (image) => new Tray(image),
  }
}

function menuTemplate(item: TrayMenuItem, act: (action: TrayAction) => void): MenuItemConstructorOptions {
  switch (item.type) {
    case 'separator':
      return { type: 'separator' }
    case 'note':
      return { label: item.label, enabled: false }
    case 'submenu':
      return { label: item.label, submenu: item.items.map((child) => menuTemplate(child, act)) }
    case 'command':
      return { label: item.label, enabled: item.enabled, click: () => act(item.action) }
  }
}

export interface AppInfo {
  readonly name: string
  readonly version: string
  readonly electronVersion: string
  readonly platform: string
  /** False if the desktop shows no tray icons; closing the window then minimises it instead of hiding it. */
  readonly trayAvailable: boolean
  readonly configFile: string
  readonly logDir: string
}

/** What Quit does with running services (DESIGN.md, D10). */
export type QuitAction = 'ask' | 'stop' | 'leave'

export type Theme = 'system' | 'light' | 'dark'

/** What happens, at the app's first start after a reboot, to services that ran when the machine went down. */
export type AfterReboot = 'stay-stopped' | 'start-again'

export interface SettingsView {
  readonly quitAction: QuitAction
  readonly theme: Theme
  readonly afterReboot: AfterReboot
}

/** Something worth knowing that stopped nothing, such as a damaged record that was moved aside. Shown until dismissed. */
export interface NoticeView {
  readonly id: number
  readonly message: string
}

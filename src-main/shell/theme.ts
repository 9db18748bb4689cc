import { nativeTheme } from 'electron'
import type { Theme } from '../../src-preload/contract/app-view.ts'

/** Light, dark or as the system says; the page follows through `prefers-color-scheme`. */
export function applyTheme(theme: Theme): void {
  nativeTheme.themeSource = theme
}

import type { PerPlatform } from './preset.ts'

/** Where package managers put a program: Homebrew, pipx and uv, WinGet and Scoop, and the system's own folders. */
export function usualPlaces(name: string): PerPlatform<readonly string[]> {
  return {
    win32: [
      `%LOCALAPPDATA%\\Microsoft\\WinGet\\Links\\${name}.exe`,
      `%USERPROFILE%\\scoop\\shims\\${name}.exe`,
      `%USERPROFILE%\\.local\\bin\\${name}.exe`,
    ],
    darwin: [`/opt/homebrew/bin/${name}`, `/usr/local/bin/${name}`, `~/.local/bin/${name}`],
    other: [
      `/usr/local/bin/${name}`,
      `/usr/bin/${name}`,
      `~/.local/bin/${name}`,
      `/home/linuxbrew/.linuxbrew/bin/${name}`,
    ],
  }
}

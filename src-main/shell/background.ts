import { ProcessManager } from '../manager/process-manager.ts'
import { getConfigDir } from '../os/directories.ts'
import { ConfigStore } from '../services/config-store.ts'
import type { Program } from '../services/find-binary.ts'
import { firstRunEntries } from '../services/first-run.ts'
import { SettingsStore } from '../services/settings-store.ts'

/** Everything that works without a window. */
export interface Background {
  readonly config: ConfigStore
  readonly settings: SettingsStore
  readonly manager: ProcessManager
}

/**
 * Reads the configuration and takes over what an earlier life of the app left running. Needs nothing of Electron, so it
 * runs while that starts.
 *
 * @param builtIn programs that are part of the app, by their binName
 * @param warn told what is worth knowing but stops nothing
 */
export async function startBackground(
  builtIn: Readonly<Record<string, Program>>,
  warn: (message: string) => void,
): Promise<Background> {
  const directory = getConfigDir()
  const config = new ConfigStore({ directory, firstRun: () => firstRunEntries({ builtIn }), warn })
  const settings = new SettingsStore({ directory, warn })
  const manager = ProcessManager.getInstance({ builtIn, warn })
  const [state] = await Promise.all([config.load(), settings.load()])
  manager.setServices(state.definitions)
  await manager.recover()
  return { config, settings, manager }
}

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
  /** Settles when the configuration is read and what an earlier life of the app left running is taken over. */
  readonly ready: Promise<void>
}

/**
 * Begins to read the configuration and to take over what runs. Needs nothing of Electron, so it goes on while that starts.
 *
 * @param builtIn programs that are part of the app, by their binName
 * @param warn told what is worth knowing but stops nothing
 */
export function startBackground(
  builtIn: Readonly<Record<string, Program>>,
  warn: (message: string) => void,
): Background {
  const directory = getConfigDir()
  const config = new ConfigStore({ directory, firstRun: () => firstRunEntries({ builtIn }), warn })
  const settings = new SettingsStore({ directory, warn })
  const manager = ProcessManager.getInstance({ builtIn, warn })
  const prepare = async () => {
    const [{ definitions }] = await Promise.all([config.load(), settings.load()])
    manager.setServices(definitions)
    const ranBeforeReboot = await manager.recover()
    if (settings.settings.afterReboot !== 'start-again') return
    for (const key of ranBeforeReboot) {
      void manager.start(key).then(({ success, message }) => success || warn(message))
    }
  }
  return { config, settings, manager, ready: prepare() }
}

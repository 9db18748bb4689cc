import { ProcessManager } from '../manager/process-manager.ts'
import { getConfigDir } from '../os/directories.ts'
import { loginEnvironment } from '../os/login-environment.ts'
import { ConfigStore } from '../services/config-store.ts'
import type { Program } from '../services/find-binary.ts'
import { firstRunEntries } from '../services/first-run.ts'
import { type SecretCipher, SecretStore } from '../services/secret-store.ts'
import { SettingsStore } from '../services/settings-store.ts'

export interface BackgroundOptions {
  /** Programs that are part of the app, by their binName. */
  readonly builtIn: Readonly<Record<string, Program>>
  readonly cipher: SecretCipher
  /** Before it settles the cipher cannot be used. */
  readonly cipherReady: Promise<unknown>
  /** Told what is worth knowing but stops nothing. */
  readonly warn: (message: string) => void
}

/** Everything that works without a window. */
export interface Background {
  readonly config: ConfigStore
  readonly settings: SettingsStore
  readonly secrets: SecretStore
  readonly manager: ProcessManager
  /** Settles when this process has the environment that programs get in a terminal: only then are they found. */
  readonly environment: Promise<void>
  /** Settles when the configuration is read and what an earlier life of the app left running is taken over. */
  readonly ready: Promise<void>
}

/**
 * Begins to read the configuration and to take over what runs. Needs nothing of Electron, so it goes on while that starts.
 */
export function startBackground({ builtIn, cipher, cipherReady, warn }: BackgroundOptions): Background {
  const directory = getConfigDir()
  const environment = loginEnvironment().then((found) => void Object.assign(process.env, found))
  const firstRun = async () => {
    await environment
    return firstRunEntries({ builtIn })
  }
  const config = new ConfigStore({ directory, firstRun, warn })
  const settings = new SettingsStore({ directory, warn })
  const nameOf = (key: string) => config.state.definitions.find((service) => service.key === key)?.name ?? key
  const secrets = new SecretStore({ directory, cipher, ready: cipherReady, nameOf, warn })
  const secretsOf = (key: string, names: readonly string[]) => secrets.valuesOf(key, names)
  const manager = ProcessManager.getInstance({ builtIn, environment, secretsOf, warn })
  const prepare = async () => {
    const [{ definitions }] = await Promise.all([config.load(), settings.load()])
    manager.setServices(definitions)
    const ranBeforeReboot = await manager.recover()
    if (settings.settings.afterReboot !== 'start-again') return
    for (const key of ranBeforeReboot) {
      void manager.start(key).then(({ success, message }) => success || warn(message))
    }
  }
  return { config, settings, secrets, manager, environment, ready: prepare() }
}

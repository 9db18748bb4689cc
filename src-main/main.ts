import { dirname, join } from 'node:path'
import { app, dialog } from 'electron'
import { LogDesk } from './logs/log-desk.ts'
import { getConfigDir } from './os/directories.ts'
import { nativeProblem } from './os/native/koffi.ts'
import { setPauseGuard } from './os/pause-guard-client.ts'
import type { ConfigState } from './services/config-state.ts'
import { registerAppScheme, servePage } from './shell/app-protocol.ts'
import { AppWindows } from './shell/app-window.ts'
import { startBackground } from './shell/background.ts'
import { becomeDemoServer, becomeGuard, builtInPrograms, pauseGuardCommand } from './shell/built-in.ts'
import { type CommandLine, parseCommandLine } from './shell/command-line.ts'
import { createHandlers } from './shell/ipc-handlers.ts'
import { listenToWindows } from './shell/ipc-router.ts'
import { LogWindows } from './shell/log-windows.ts'
import { Notices } from './shell/notices.ts'
import { Page } from './shell/page.ts'
import { printEvents } from './shell/print-events.ts'
import { QuitController } from './shell/quit.ts'
import { systemCipher } from './shell/safe-storage.ts'
import { denyAllPermissions, enforceSandbox } from './shell/security.ts'
import { createServerHandlers } from './shell/server-handlers.ts'
import { applyTheme } from './shell/theme.ts'
import { isTrayAvailable } from './shell/tray/tray-availability.ts'
import { TrayIcon } from './shell/tray-icon.ts'
import { MainWindow } from './shell/window.ts'
import { WindowPlaces } from './shell/window-places.ts'
import { boundYoungGeneration } from './shell/young-generation.ts'

// The composition root, and the only file with top-level effects: what exists, in which order, and who knows whom.

const print = (line: string) => process.stdout.write(`${line}\n`)
const notices = new Notices()
const printError = (message: string) => process.stderr.write(`agentos-tray: ${message}\n`)

/** For what is worth knowing but stops nothing: people see it in the window, too. */
function warn(message: string): void {
  printError(message)
  notices.add(message)
}

/** At login the app may come before the panel that shows its icon. */
const TRAY_WAIT_MS = 15_000

async function runApp(commandLine: CommandLine): Promise<void> {
  boundYoungGeneration()
  registerAppScheme()
  enforceSandbox()
  const builtIn = builtInPrograms()
  setPauseGuard(pauseGuardCommand)
  const background = startBackground({ builtIn, cipher: systemCipher, cipherReady: app.whenReady(), warn })
  const { config, settings, manager, ready } = background
  const places = new WindowPlaces(join(app.getPath('userData'), 'windows.json'))
  await Promise.all([app.whenReady(), places.load()])

  denyAllPermissions()
  const appPath = app.getAppPath()
  servePage(join(appPath, 'out/renderer'))

  const problems = () => config.state.problems
  const logs = new LogDesk({
    logs: manager.logs,
    readerEntry: join(appPath, 'out/main/log-worker.cjs'),
    searchEntry: join(appPath, 'out/main/search-worker.cjs'),
  })
  const windows = new AppWindows({ appPath, createPage: (send) => new Page({ manager, logs, problems, send }) })
  const window: MainWindow = new MainWindow({
    windows,
    places,
    canHide: () => tray.isAvailable,
    isQuitting: () => quit.isQuitting,
  })
  const logWindows = new LogWindows(windows, places)
  notices.onChange((all) => {
    for (const page of windows.pages) page.send('notices.changed', all)
  })
  const tray = new TrayIcon({ manager, window, appPath, quit: () => app.quit(), warn })
  const servers = createServerHandlers({ ...background, builtIn, warn })
  const cleanUps = [() => places.end(), () => void logs.dispose(), () => tray.dispose(), servers.dispose]
  const dispose = () => {
    for (const cleanUp of cleanUps) cleanUp()
  }
  const quit = new QuitController({ manager, settings, parent: () => window.visible, dispose })
  quit.listen()

  const appHandlers = createHandlers({ manager, config, settings, logWindows, tray, notices, ready, applyTheme })
  const handlers = { ...appHandlers, ...servers.handlers }
  listenToWindows((contents) => windows.pageOf(contents), { handlers, onBug })

  app.on('second-instance', (_event, argv) => serve(parseCommandLine(argv)))
  app.on('activate', () => window.show())
  // Without a window the app goes on in the tray.
  app.on('window-all-closed', () => undefined)

  // The page loads while the configuration is read; what it asks for waits.
  if (!commandLine.hidden) {
    window.show()
    logWindows.restore()
  }
  await ready
  const problem = nativeProblem()
  if (problem !== null) warn(problem)
  applyTheme(settings.settings.theme)
  const configWatch = config.watch(applyConfig)
  cleanUps.push(() => configWatch.dispose())
  if (commandLine.printEvents) printEvents(manager, print)
  void manager.startAll({ onlyAutoStart: true })
  for (const key of commandLine.start) startFromCommandLine(key)
  // What nobody waits for at the start comes after what somebody does.
  void config.publishSchema()
  const waitMs = commandLine.hidden ? TRAY_WAIT_MS : 0
  tray.show(await isTrayAvailable({ platform: process.platform, env: process.env, waitMs }))

  function applyConfig(state: ConfigState): void {
    manager.setServices(state.definitions)
    for (const page of windows.pages) page.feed.configChanged()
  }

  /** What a command line asks for: this process's own, or that of a second copy. */
  function serve({ hidden, start }: CommandLine): void {
    if (!hidden) window.show()
    for (const key of start) startFromCommandLine(key)
  }

  function startFromCommandLine(key: string): void {
    void manager.start(key).then(({ success, message }) => success || warn(message))
  }
}

function onBug(channel: string, error: unknown): void {
  printError(`${channel}: ${error instanceof Error ? error.stack : String(error)}`)
}

/** Nothing of the app works without these first steps: say why in words, and end. */
function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  printError(`could not start: ${reason}`)
  // On Linux people who start it from a menu find it in their session's log; a box would need a display that answers.
  if (process.platform !== 'linux') dialog.showErrorBox('AgentOS Tray could not start', reason)
  app.exit(1)
}

function main(): void {
  const commandLine = parseCommandLine(process.argv)
  // Everything of this app lives below one folder, so that two homes (tests, a second profile) are two apps.
  const home = dirname(getConfigDir())
  if (commandLine.demoServer !== null) {
    void becomeDemoServer(commandLine.demoServer, join(home, 'electron-demo'))
    return
  }
  if (commandLine.pauseGuard !== null) {
    void becomeGuard(commandLine.pauseGuard, join(home, 'electron-guard'))
    return
  }
  app.setPath('userData', join(home, 'electron'))
  // A second copy hands its command line to the first, which shows its window, and ends.
  if (app.requestSingleInstanceLock()) runApp(commandLine).catch(fail)
  else app.quit()
}

try {
  main()
} catch (error) {
  fail(error)
}

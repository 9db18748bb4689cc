#!/usr/bin/env node
/**
 * Entry point of every npm script: `node scripts/run.mjs <command> [arguments]`.
 *
 * Each command lists the set-up steps it needs and then what it runs, so a fresh checkout needs nothing but
 * `npm start` or `npm test`. Only `node:` modules are imported, because this runs before anything is installed.
 * docs/setup.md describes the steps and the environment variables.
 */
import { buildApp, buildIfStale } from './lib/build.mjs'
import { lint, runRealTests, runTests, typecheck } from './lib/checks.mjs'
import { ensureDependencies } from './lib/dependencies.mjs'
import { ensureElectron } from './lib/electron.mjs'
import { startApp, startDevServer } from './lib/launch.mjs'
import { refuseOldRuntime } from './lib/packaging.mjs'
import { exitCodeOfInterruption, Interrupted } from './lib/processes.mjs'
import { ensureRealServers } from './lib/real-servers.mjs'
import { fail, SetupError } from './lib/say.mjs'
import { ensureSystemPackages } from './lib/system-packages.mjs'
import { runTool, runTypeScript } from './lib/tools.mjs'
import { displayIsMissing, withVirtualDisplay } from './lib/virtual-display.mjs'
import { runWindowsTests } from './lib/windows-tests.mjs'

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const commands = {
  async start(args) {
    const electron = await readyToRun({ virtualDisplay: displayIsMissing() })
    await buildIfStale()
    return await startApp(electron, args)
  },

  async dev(args) {
    const electron = await readyToRun({ virtualDisplay: displayIsMissing() })
    return await startDevServer(electron, args)
  },

  async test(args) {
    const electron = await readyToRun({ virtualDisplay: true, tests: true })
    return await runTests(electron, args)
  },

  async bench(args) {
    const electron = await readyToRun({ virtualDisplay: true })
    await buildIfStale()
    return await withVirtualDisplay({ privateHome: true }, (env) =>
      runTypeScript('test/bench/bench.ts', args, { ...env, ...electron.env }),
    )
  },

  /** No Electron: the process manager runs without it. */
  async 'test:trees'(args) {
    await ensureDependencies()
    return await runTypeScript('test/trees/trees.ts', args)
  },

  async 'test:chaos'(args) {
    await ensureDependencies()
    return await runTypeScript('test/chaos/chaos.ts', args)
  },

  async 'test:real'(args) {
    const electron = await readyToRun({ virtualDisplay: true, tests: true })
    const servers = await ensureRealServers({ whisper: args.includes('--whisper') })
    return await runRealTests(
      electron,
      servers,
      args.filter((argument) => argument !== '--whisper'),
    )
  },

  async 'test:windows'(args) {
    await ensureDependencies()
    return await runWindowsTests(args)
  },

  async 'bench:peers'(args) {
    await ensureDependencies()
    return await runTypeScript('test/bench/peers.ts', args)
  },

  async screenshots(args) {
    const electron = await readyToRun({ virtualDisplay: true })
    await buildIfStale()
    return await withVirtualDisplay({ privateHome: true }, (env) =>
      runTypeScript('scripts/screenshots.ts', args, { ...env, ...electron.env }),
    )
  },

  async icons(args) {
    await ensureDependencies()
    return await runTypeScript('scripts/icons.ts', args)
  },

  async 'tiny-model'(args) {
    await ensureDependencies()
    return await runTypeScript('scripts/tiny-gguf.ts', args)
  },

  async build(args) {
    await ensureDependencies()
    return await buildApp(args)
  },

  async lint(args) {
    await ensureDependencies()
    return await lint(args)
  },

  async typecheck(args) {
    await ensureDependencies()
    return await typecheck(args)
  },

  /** The only thing on stdout is the path, so that `$(npm run --silent electron-path)` works. */
  async 'electron-path'() {
    const electron = await readyToRun({ virtualDisplay: false, mayBeMissing: true })
    process.stdout.write(`${electron.executable}\n`)
    return 0
  },

  async pack(args) {
    await ensureDependencies()
    refuseOldRuntime(await ensureElectron())
    const code = await buildApp([])
    return code === 0 ? await runTool('electron-builder', 'electron-builder', ['--publish', 'never', ...args]) : code
  },
}

/**
 * The set-up every command that starts Electron needs.
 *
 * @param {import('./lib/system-packages.mjs').Needs} needs
 * @returns {Promise<import('./lib/electron.mjs').Electron>}
 * @throws {SetupError} when a step cannot be done here; the message says what to do by hand
 */
async function readyToRun(needs) {
  await ensureDependencies()
  const electron = await ensureElectron()
  await ensureSystemPackages(needs)
  return electron
}

async function main([name, ...args]) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(`Node 20 or newer is needed to set up; this is ${process.version}.`)
  }
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
  if (!command) {
    throw new SetupError(`Unknown command "${name ?? ''}". Known: ${Object.keys(commands).join(', ')}.`)
  }
  return await command(args)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof Interrupted) {
    process.exitCode = exitCodeOfInterruption()
  } else {
    fail(error)
    process.exitCode = 1
  }
}

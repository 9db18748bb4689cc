/**
 * The fallback Electron's `resources/app`: starts the app whose folder is on the command line, in the surroundings
 * that official Electron's default app would give it (name, version, app path, `process.defaultApp`), plus the
 * shims its old Node needs. Development and tests only; never part of a package.
 */
'use strict'

const { existsSync, readFileSync } = require('node:fs')
const Module = require('node:module')
const { join, resolve } = require('node:path')
const workerThreads = require('node:worker_threads')
const { app } = require('electron')

const shims = join(__dirname, 'shims.cjs')
require(shims)

/** Worker threads start with fresh globals, so each gets the shims too. */
class ShimmedWorker extends workerThreads.Worker {
  constructor(file, options = {}) {
    super(file, { ...options, execArgv: [...(options.execArgv ?? []), '--require', shims] })
  }
}
workerThreads.Worker = ShimmedWorker

/** The first argument that is not a switch, and what `-r`/`--require` asks for (test drivers use that). */
function readCommandLine(args) {
  const preloads = []
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index]
    if (arg === '--version' || arg === '-v') return { preloads, version: true }
    if (arg === '-r' || arg === '--require') {
      index += 1
      preloads.push(args[index])
    } else if (!arg.startsWith('-')) {
      return { preloads, folder: resolve(arg) }
    }
  }
  return { preloads }
}

function startApp(folder) {
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest)) {
    const { productName, name, version, desktopName } = JSON.parse(readFileSync(manifest, 'utf8'))
    if (version) app.setVersion(version)
    if (productName || name) app.setName(productName || name)
    app.setDesktopName(desktopName || `${app.getName()}.desktop`)
    app.setAppPath(folder)
    // This runtime has already named the folder after the boot app.
    app.setPath('userData', join(app.getPath('appData'), app.getName()))
  }
  require(folder)
}

const { preloads, folder, version } = readCommandLine(process.argv.slice(1))
if (version) {
  process.stdout.write(`v${process.versions.electron}\n`)
  process.exit(0)
} else if (folder === undefined) {
  process.stderr.write('Usage: electron [switches] <folder of the app> [arguments]\n')
  process.exit(2)
} else {
  try {
    for (const preload of preloads) Module.createRequire(join(process.cwd(), 'x'))(preload)
    startApp(folder)
  } catch (error) {
    process.stderr.write(`Cannot start the app in ${folder}\n${error?.stack ?? error}\n`)
    process.exit(1)
  }
}

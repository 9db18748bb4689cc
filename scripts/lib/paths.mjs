/** Where things are, relative to the repository. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))
export const modules = join(root, 'node_modules')

/** Inside node_modules, so that deleting node_modules is a complete reset. */
export const electronCache = join(modules, '.cache', 'agentos-electron')
export const buildStamp = join(modules, '.cache', 'agentos-build.json')

/** Locks live outside node_modules, because npm and people delete all of that, also while one is held. */
export const locks = join(root, '.cache')

/** What is large and serves every copy of the repository. */
export const userCache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'agentos-tray')

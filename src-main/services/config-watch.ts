import { type FSWatcher, lstatSync, statSync, unwatchFile, watch, watchFile } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface WatchOptions {
  /** Quiet time after the last event before the change is announced. An editor saves in several steps. Default 100. */
  readonly debounceMs?: number
  /** Interval of the fallback. Default 1000. */
  readonly pollMs?: number
  /** For tests of systems without it. Default: `fs.watch`. */
  readonly watchDirectory?: typeof watch
}

/**
 * Calls `onChange` whenever the file may have changed: saved, replaced, deleted or created. The directory is watched, not
 * the file, since most editors rename a new file over the old one. Where that does not work (no `fs.watch`, the directory
 * itself was replaced, the file is a link to somewhere else) the file is polled. Neither keeps the process alive.
 */
export function watchForChanges(file: string, onChange: () => void, options: WatchOptions = {}): { dispose(): void } {
  const { debounceMs = 100, pollMs = 1000, watchDirectory = watch } = options
  const directory = dirname(file)
  const watchedDirectory = inode(directory)
  let watcher: FSWatcher | undefined
  let timer: NodeJS.Timeout | undefined
  let polling = false

  const announceSoon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      pollIfNeeded()
      onChange()
    }, debounceMs)
    timer.unref()
  }
  const poll = () => {
    watcher?.close()
    watcher = undefined
    if (!polling) {
      polling = true
      watchFile(file, { interval: pollMs, persistent: false }, announceSoon)
    }
  }
  const pollIfNeeded = () => {
    if (watchedDirectory === undefined || inode(directory) !== watchedDirectory || isLink(file)) {
      poll()
    }
  }

  try {
    watcher = watchDirectory(directory, { persistent: false }, (_event, name) => {
      // Some systems give no name. The directory's own name comes when it is moved or deleted.
      if (name === null || name === basename(file) || name === basename(directory)) {
        announceSoon()
      }
    })
    watcher.on('error', () => {
      poll()
      announceSoon()
    })
  } catch {
    poll()
  }
  pollIfNeeded()

  return {
    dispose: () => {
      clearTimeout(timer)
      watcher?.close()
      watcher = undefined
      if (polling) {
        unwatchFile(file, announceSoon)
      }
    },
  }
}

function inode(directory: string): string | undefined {
  try {
    const { dev, ino } = statSync(directory, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink()
  } catch {
    return false
  }
}

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { logFolderName } from './store/log-folder.ts'

export type LogStream = 'stdout' | 'stderr'

/** Open append-mode descriptors for a child to inherit. Close them once it is started: it has its own. */
export interface OpenLogs {
  readonly stdout: number
  readonly stderr: number
  /** Which files these are. */
  readonly paths: { readonly stdout: string; readonly stderr: string }
  close(): void
}

/** Where the output of services lies: `log/<key, percent-encoded>/stdout.log` and `stderr.log`. */
export class LogFiles {
  readonly #directory: string

  /** @param directory `getLogDir()`; created when the first log is opened, readable by its owner only. */
  constructor(directory: string) {
    this.#directory = directory
  }

  folder(key: string): string {
    return join(this.#directory, logFolderName(key))
  }

  path(key: string, stream: LogStream): string {
    return join(this.folder(key), `${stream}.log`)
  }

  /**
   * Opens both files for appending. What earlier runs wrote stays.
   *
   * @throws the file system's error, e.g. `ENOSPC` or `EACCES`
   */
  openForAppend(key: string): OpenLogs {
    const paths = { stdout: this.path(key, 'stdout'), stderr: this.path(key, 'stderr') }
    const stdout = openOrCreate(paths.stdout)
    let stderr: number
    try {
      stderr = openSync(paths.stderr, 'a', 0o600)
    } catch (error) {
      closeSync(stdout)
      throw error
    }
    return {
      stdout,
      stderr,
      paths,
      close() {
        closeSync(stdout)
        closeSync(stderr)
      },
    }
  }
}

/** Its folder is made only if it is missing: at the first start, or after somebody removed it. */
function openOrCreate(path: string): number {
  try {
    return openSync(path, 'a', 0o600)
  } catch {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'a', 0o600)
  }
}

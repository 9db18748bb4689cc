import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileFacts, lookAtFile } from './model-files.ts'
import type { ModelFolder } from './usual-folders.ts'

export interface FindLimits {
  readonly maxFiles: number
  /** Folders looked into, and names looked at: what bounds a folder that is not for models at all. */
  readonly maxFolders: number
  readonly maxNames: number
}

export const findLimits: FindLimits = { maxFiles: 2000, maxFolders: 5000, maxNames: 100_000 }

/** What was found so far; grows while it is looked for. */
export interface FoundFiles {
  readonly files: FileFacts[]
  /** Those of the folders that are there. */
  readonly folders: string[]
  /** False once something was left out. */
  isComplete: boolean
}

const MODEL_FILE = /\.gguf$/i

/** What the entries of a folder are: those of a cache of Hugging Face, of one of its repositories, or any. */
type Holds = 'repositories' | 'repository' | 'models'

/**
 * Looks for model files below these folders, through symbolic links, and into each folder once, however it is reached.
 *
 * @param isOver asked again and again; once it is true, nothing more is looked at
 */
export async function findFiles(
  folders: readonly ModelFolder[],
  found: FoundFiles,
  isOver: () => boolean,
  limits: FindLimits = findLimits,
): Promise<void> {
  const walk = new Walk(found, isOver, limits)
  for (const folder of folders) await walk.start(folder)
}

class Walk {
  readonly #found: FoundFiles
  readonly #isOver: () => boolean
  readonly #limits: FindLimits
  /** Folders by identity, with the depth that was left: one that was met at the end of a deep path may deserve more. */
  readonly #seen = new Map<string, number>()
  #folders = 0
  #names = 0

  constructor(found: FoundFiles, isOver: () => boolean, limits: FindLimits) {
    this.#found = found
    this.#isOver = isOver
    this.#limits = limits
  }

  async start({ folder, depth, isHubCache = false }: ModelFolder): Promise<void> {
    if (!(await this.#enters(folder, depth))) return
    this.#found.folders.push(folder)
    await this.#look(folder, depth, isHubCache ? 'repositories' : 'models')
  }

  /** Whether this is a folder that was not looked into yet. */
  async #enters(folder: string, depth: number): Promise<boolean> {
    let identity: string
    try {
      const info = await stat(folder, { bigint: true })
      if (!info.isDirectory()) return false
      identity = info.ino === 0n ? folder : `${info.dev}:${info.ino}`
    } catch {
      return false // Not there, or not ours to see.
    }
    if ((this.#seen.get(identity) ?? 0) >= depth) return false
    this.#seen.set(identity, depth)
    return true
  }

  async #look(folder: string, depth: number, holds: Holds): Promise<void> {
    this.#folders += 1
    const names = await namesIn(folder)
    this.#names += names.length
    for (const entry of interesting(names, depth, holds)) {
      if (this.#isFull()) {
        this.#found.isComplete = false
        return
      }
      const path = join(folder, entry.name)
      const facts = isModelName(entry, holds) ? await lookAtFile(path) : null
      if (facts !== null) {
        this.#found.files.push(facts)
      } else if (depth > 1 && (await this.#enters(path, depth - 1))) {
        await this.#look(path, depth - 1, holds === 'repositories' ? 'repository' : 'models')
      }
    }
  }

  #isFull(): boolean {
    const { maxFiles, maxFolders, maxNames } = this.#limits
    return (
      this.#isOver() || this.#found.files.length >= maxFiles || this.#folders > maxFolders || this.#names > maxNames
    )
  }
}

/** What may be a model or lead to one, in the order of names, so that what is left out is the same every time. */
function interesting(entries: readonly Dirent[], depth: number, holds: Holds): readonly Dirent[] {
  return entries
    .filter((entry) => isModelName(entry, holds) || (depth > 1 && mayLead(entry, holds)))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

function isModelName(entry: Dirent, holds: Holds): boolean {
  return holds === 'models' && MODEL_FILE.test(entry.name)
}

function mayLead(entry: Dirent, holds: Holds): boolean {
  if (!(entry.isDirectory() || entry.isSymbolicLink())) return false
  if (holds === 'repositories') return entry.name.startsWith('models--')
  return holds === 'repository' ? entry.name === 'snapshots' : !entry.name.startsWith('.')
}

async function namesIn(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch {
    return [] // Gone meanwhile, or not ours to see.
  }
}

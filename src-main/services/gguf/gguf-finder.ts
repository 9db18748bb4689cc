import { open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import { describeModel, type GgufModel } from './describe-model.ts'
import { type FindLimits, type FoundFiles, findFiles, findLimits } from './find-files.ts'
import { type FileFacts, groupByModel, lookAtModel, type ModelFiles, nameFromFile } from './model-files.ts'
import { type HeaderResult, readHeader } from './read-header.ts'
import { type FolderSources, type ModelFolder, usualFolders } from './usual-folders.ts'

export interface GgufFinderOptions extends Partial<FolderSources> {
  /** Instead of the usual ones. */
  readonly folders?: readonly ModelFolder[]
  readonly limits?: Partial<FindLimits> & { readonly maxMs?: number }
}

/** The model files in the usual folders, in the words of src-preload/contract/setup-view.ts. */
export interface GgufFound {
  /** In the order of their names. */
  readonly files: readonly GgufModel[]
  /** Those of the usual folders that are there. */
  readonly folders: readonly string[]
  /** False if there was more than is looked at. */
  readonly isComplete: boolean
}

/** Nobody waits longer for a list. */
const MAX_MS = 5000
/** Files that are open at a time: for a disk that turns, more is slower. */
const CONCURRENCY = 4
const CACHED_HEADERS = 5000

interface CachedHeader {
  readonly facts: FileFacts
  readonly result: HeaderResult
}

/**
 * Finds model files and tells what they are, from their own headers. Never fails: what is wrong with a file is its
 * `problem`. A header is read again only after its file has changed.
 */
export class GgufFinder {
  readonly #folders: readonly ModelFolder[]
  readonly #limits: FindLimits
  readonly #maxMs: number
  readonly #headers = new Map<string, CachedHeader>()
  #last: GgufFound | null = null
  #scanning: Promise<GgufFound> | null = null

  constructor({ folders, limits = {}, ...sources }: GgufFinderOptions = {}) {
    const { platform = process.platform, env = process.env, home = homedir() } = sources
    const { maxMs = MAX_MS, ...rest } = limits
    this.#folders = folders ?? usualFolders({ platform, env, home })
    this.#limits = { ...findLimits, ...rest }
    this.#maxMs = maxMs
  }

  /** Model files in the usual folders: what was found the last time, unless `refresh` is set. */
  async scan({ refresh = false }: { readonly refresh?: boolean } = {}): Promise<GgufFound> {
    if (this.#last !== null && !refresh) return this.#last
    this.#scanning ??= this.#scan().finally(() => {
      this.#scanning = null
    })
    this.#last = await this.#scanning
    return this.#last
  }

  /** What a file is; of any part of a split model, the whole of it. */
  async read(file: string): Promise<GgufModel> {
    if (!isAbsolute(file) || file.includes('\0')) {
      return unreadable(file, 'This is no absolute path of a file.')
    }
    return await this.#describe(await lookAtModel(file))
  }

  async #scan(): Promise<GgufFound> {
    const found: FoundFiles = { files: [], folders: [], isComplete: true }
    const models: GgufModel[] = []
    let isOver = false
    const begin = performance.now()
    const work = async () => {
      // The rest of the time is for the headers: names alone are of no use.
      const isWalkOver = () => isOver || performance.now() - begin >= this.#maxMs / 2
      await findFiles(this.#folders, found, isWalkOver, this.#limits)
      const waiting = onlyOnce(groupByModel(found.files))
      await Promise.all(
        Array.from({ length: CONCURRENCY }, async () => {
          for (let next = waiting.shift(); next !== undefined && !isOver; next = waiting.shift()) {
            // A part that was not met may be there all the same, if not everything was looked at.
            const files = next.parts.includes(null) ? await lookAtModel(next.file) : next
            models.push(await this.#describe(files))
          }
        }),
      )
    }
    // A share that does not answer would hold everything up: what there is by then has to do.
    const finished = await within(this.#maxMs, work())
    isOver = true
    return {
      files: [...models].sort(byName),
      folders: [...found.folders],
      isComplete: finished && found.isComplete,
    }
  }

  #describe(files: ModelFiles): Promise<GgufModel> {
    return describeModel(files, (facts) => this.#headerOf(facts))
  }

  async #headerOf(facts: FileFacts): Promise<HeaderResult> {
    const { file, sizeBytes, mtimeMs } = facts
    const cached = this.#headers.get(file)
    if (cached?.facts.sizeBytes === sizeBytes && cached.facts.mtimeMs === mtimeMs) return cached.result
    try {
      const result = await readHeaderOf(facts)
      if (this.#headers.size >= CACHED_HEADERS) this.#headers.clear()
      this.#headers.set(file, { facts, result })
      return result
    } catch (error) {
      // Not kept: permissions and disks change without the file.
      return { ok: false, problem: `cannot be read: ${error instanceof Error ? error.message : String(error)}` }
    }
  }
}

async function readHeaderOf({ file, sizeBytes }: FileFacts): Promise<HeaderResult> {
  const handle = await open(file, 'r')
  try {
    return await readHeader(handle, sizeBytes)
  } finally {
    await handle.close()
  }
}

/** The same files under two names are one model; the first name counts. */
function onlyOnce(models: readonly ModelFiles[]): ModelFiles[] {
  const seen = new Set<string>()
  return models.filter(({ parts }) => {
    const identity = parts.map((part) => part?.identity ?? '').join('|')
    return !seen.has(identity) && seen.add(identity)
  })
}

/** True if it settled in time. */
async function within(milliseconds: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  try {
    return await Promise.race([work.then(() => true as const), timeout])
  } finally {
    clearTimeout(timer)
  }
}

const inWords = new Intl.Collator('en', { numeric: true })

function byName(one: GgufModel, other: GgufModel): number {
  return inWords.compare(one.name, other.name) || inWords.compare(one.file, other.file)
}

function unreadable(file: string, problem: string): GgufModel {
  return {
    file,
    name: nameFromFile(file),
    architecture: null,
    sizeBytes: 0,
    quantisation: null,
    contextLength: null,
    parts: 1,
    problem,
  }
}

import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What a file system says of a file. */
export interface FileFacts {
  readonly file: string
  readonly sizeBytes: number
  readonly mtimeMs: number
  /** The same for two names of one file. */
  readonly identity: string
}

/** The files of one model, whether they are there or not. */
export interface ModelFiles {
  /** Absolute path of the first one. */
  readonly file: string
  /** In their order; null: there is no such file. One if it is not split. */
  readonly parts: readonly (FileFacts | null)[]
}

interface SplitName {
  /** Without the part's number and the ending. */
  readonly base: string
  /** From 1 on. */
  readonly part: number
  readonly count: number
  readonly ending: string
}

const SPLIT = /^(.+)-(\d{5})-of-(\d{5})(\.gguf)$/i
/** The largest models have some dozens. */
export const MAX_PARTS = 1000

/** What the name of a part says, `<base>-00001-of-00003.gguf`; null for the name of a file that is not split. */
export function parseSplitName(name: string): SplitName | null {
  const match = SPLIT.exec(name)
  if (match === null) return null
  const [, base = '', part = '', count = '', ending = ''] = match
  const split = { base, part: Number(part), count: Number(count), ending }
  const isPossible = split.part >= 1 && split.part <= split.count && split.count <= MAX_PARTS
  return isPossible ? split : null
}

/** The name of a model, from the name of any of its files. */
export function nameFromFile(file: string): string {
  const name = basename(file)
  return parseSplitName(name)?.base ?? name.replace(/\.gguf$/i, '')
}

/** Absolute paths of all files of the model that this file belongs to. */
export function pathsOfModel(file: string): readonly string[] {
  const split = parseSplitName(basename(file))
  if (split === null) return [file]
  const { base, count, ending } = split
  const number = (value: number) => String(value).padStart(5, '0')
  return Array.from({ length: count }, (_, index) =>
    join(dirname(file), `${base}-${number(index + 1)}-of-${number(count)}${ending}`),
  )
}

/**
 * Looks at a file, through symbolic links. Null if it cannot be seen, or is no file.
 *
 * @param file absolute
 */
export async function lookAtFile(file: string): Promise<FileFacts | null> {
  try {
    const info = await stat(file, { bigint: true })
    if (!info.isFile()) return null
    return {
      file,
      sizeBytes: Number(info.size),
      mtimeMs: Number(info.mtimeMs),
      // Some file systems number nothing.
      identity: info.ino === 0n ? file : `${info.dev}:${info.ino}`,
    }
  } catch {
    return null // Gone, or not ours to see: the same to whoever wants to use it.
  }
}

/** Looks at all files of the model that this file belongs to. */
export async function lookAtModel(file: string): Promise<ModelFiles> {
  const paths = pathsOfModel(file)
  return { file: paths[0] ?? file, parts: await Promise.all(paths.map(lookAtFile)) }
}

/** Puts the parts of split models together. Keeps the order in which their first file was found. */
export function groupByModel(found: readonly FileFacts[]): readonly ModelFiles[] {
  const facts = new Map(found.map((one) => [one.file, one]))
  const models = new Map<string, ModelFiles>()
  for (const { file } of found) {
    const [first = file, ...rest] = pathsOfModel(file)
    if (models.has(first)) continue
    models.set(first, { file: first, parts: [first, ...rest].map((path) => facts.get(path) ?? null) })
  }
  return [...models.values()]
}

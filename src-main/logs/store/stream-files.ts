import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFile, renameFile } from './held-open.ts'

/** The names of a stream's files (docs/logs.md, "Files"). */
export interface StreamFiles {
  readonly folder: string
  /** The file that the service writes to. */
  readonly current: string
  /** The current file's copy while a rotation is under way. */
  readonly rotating: string
  /** A compressed archive that is not complete yet. */
  readonly compressing: string
  readonly segments: string
  archive(number: number, kind: ArchiveKind): string
}

export type ArchiveKind = 'raw' | 'gz'

export function streamFiles(folder: string, stream: 'stdout' | 'stderr'): StreamFiles {
  const current = join(folder, `${stream}.log`)
  return {
    folder,
    current,
    rotating: join(folder, `${stream}.rotating`),
    compressing: join(folder, `${stream}.compressing`),
    segments: join(folder, `${stream}.segments.json`),
    archive: (number, kind) => `${current}.${number}${kind === 'gz' ? '.gz' : ''}`,
  }
}

/** The archives that are on disk. */
export interface FoundArchives {
  /** Kinds by number. Both kinds of one number: its compression was cut short, or is just coming to its end. */
  readonly kinds: ReadonlyMap<number, ReadonlySet<ArchiveKind>>
  readonly hasRotating: boolean
}

/** @throws the file system's error for anything but a missing folder */
export async function findArchives(files: StreamFiles): Promise<FoundArchives> {
  let entries: Dirent[]
  try {
    entries = await readdir(files.folder, { withFileTypes: true })
  } catch (error) {
    if (!isMissing(error)) throw error
    entries = []
  }
  const kinds = new Map<number, Set<ArchiveKind>>()
  let hasRotating = false
  const prefix = `${files.current.slice(files.folder.length + 1)}.`
  for (const entry of entries) {
    const { name } = entry
    if (entry.isDirectory()) continue
    if (join(files.folder, name) === files.rotating) hasRotating = true
    if (!name.startsWith(prefix)) continue
    const match = /^([1-9]\d{0,8})(\.gz)?$/.exec(name.slice(prefix.length))
    if (match === null) continue
    const number = Number(match[1])
    const known = kinds.get(number) ?? new Set()
    kinds.set(number, known.add(match[2] === undefined ? 'raw' : 'gz'))
  }
  return { kinds, hasRotating }
}

/** The smallest number from 1 on that no archive bears: as far as archives have to move to make room for a new `.1`. */
export function firstGap({ kinds }: FoundArchives): number {
  let number = 1
  while (kinds.has(number)) number += 1
  return number
}

/**
 * Makes room for a new `.1` and puts `.rotating` there. Cut short and done again, it goes on where it was.
 *
 * @throws the file system's error; then it can be done again
 */
export async function shiftArchives(files: StreamFiles, onStep: (step: string) => void): Promise<void> {
  const found = await findArchives(files)
  if (!found.hasRotating) return
  for (let number = firstGap(found) - 1; number >= 1; number -= 1) {
    const isRaw = found.kinds.get(number)?.has('raw') === true
    // One rename a number, or a crash between two would leave half an archive in the way.
    if (isRaw && found.kinds.get(number)?.has('gz')) await removeFile(files.archive(number, 'gz'))
    const kind = isRaw ? 'raw' : 'gz'
    await renameFile(files.archive(number, kind), files.archive(number + 1, kind))
    onStep(`moved ${number}`)
  }
  await renameFile(files.rotating, files.archive(1, 'raw'))
  onStep('moved the new one')
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT'

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

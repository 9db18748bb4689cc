import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary-directory.ts'

/** A folder with a name as people have them: spaces, quotes, other scripts. */
export function oddFolder(): string {
  const folder = join(temporaryDirectory(), "l'été à 模型 (2) & co")
  mkdirSync(folder)
  return folder
}

/** A folder whose path has more than 300 characters, more than Windows takes without asking. */
export function longFolder(): string {
  let folder = temporaryDirectory()
  while (folder.length <= 300) folder = join(folder, 'a folder in a folder')
  mkdirSync(folder, { recursive: true })
  return folder
}

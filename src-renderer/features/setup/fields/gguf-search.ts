import type { GgufView } from '../../../../src-preload/contract/setup-view.ts'
import { formatBytes } from '../../../ui/format.ts'

/** The files in which every typed word occurs: in the name, the path, the architecture or the quantisation. */
export function matchingFiles(files: readonly GgufView[], typed: string): readonly GgufView[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return files
  return files.filter(({ name, file, architecture, quantisation }) => {
    const text = `${name} ${file} ${architecture ?? ''} ${quantisation ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** A path that was typed or pasted instead of words to search for; null if it is none. */
export function typedPath(text: string): string | null {
  const path = text.trim().replace(/^"(.*)"$/, '$1')
  return /^(\/|[A-Za-z]:[\\/]|\\\\)./.test(path) ? path : null
}

/** E.g. `4.1 GB, Q4_K_M, 32K context, 3 parts`. */
export function fileFacts({ sizeBytes, quantisation, contextLength, parts, architecture }: GgufView): string {
  const facts = [
    formatBytes(sizeBytes),
    quantisation,
    architecture,
    contextLength === null ? null : `${formatContext(contextLength)} context`,
    parts > 1 ? `${parts} parts` : null,
  ]
  return facts.filter((fact) => fact !== null).join(', ')
}

/** `4096` is `4K`, as people say it; other numbers stay as they are. */
export function formatContext(tokens: number): string {
  return tokens >= 1024 && tokens % 1024 === 0 ? `${tokens / 1024}K` : String(tokens)
}

export function folderOf(file: string): string {
  return file.replace(/[\\/][^\\/]*$/, '')
}

import { endianness } from 'node:os'
import { basename } from 'node:path'
import { type FileFacts, type ModelFiles, nameFromFile, parseSplitName } from './model-files.ts'
import type { GgufHeader, HeaderResult } from './read-header.ts'

/** A model on disk, in the words of src-preload/contract/setup-view.ts. */
export interface GgufModel {
  /** Absolute path; of the first file if it is split. */
  readonly file: string
  /** As the file says, or else its file name; with what it is for, if that is not to answer prompts. One short line. */
  readonly name: string
  readonly architecture: string | null
  /** Of all its parts. */
  readonly sizeBytes: number
  readonly quantisation: string | null
  /** Tokens it was trained for. */
  readonly contextLength: number | null
  readonly parts: number
  /** Why it cannot be used, as a sentence; null: nothing wrong was seen. */
  readonly problem: string | null
}

const MAX_NAME_LENGTH = 120

/** `LLAMA_POOLING_TYPE_RANK` */
const RANK_POOLING = 4

/** How many parts a message names. */
const NAMED_PARTS = 3

/** `general.type` of what is loaded beside a model, in words that follow its name. */
const SIDECARS: Readonly<Record<string, string>> = {
  adapter: 'an adapter for another model',
  mmproj: 'a projector for images or sound, used beside a model',
}

/** Puts together what the headers of a model's files say: what it is, and whether it can be used. */
export async function describeModel(
  { file, parts }: ModelFiles,
  read: (facts: FileFacts) => Promise<HeaderResult>,
): Promise<GgufModel> {
  const headers: (HeaderResult | null)[] = []
  // One after another: whoever calls this decides how many files are open at a time.
  for (const part of parts) headers.push(part === null ? null : await read(part))
  const [first] = headers
  const header = first?.ok === true ? first.header : null
  return {
    file,
    name: nameOf(file, header),
    architecture: plain(header?.architecture ?? ''),
    sizeBytes: parts.reduce((sum, part) => sum + (part?.sizeBytes ?? 0), 0),
    quantisation: header?.quantisation ?? null,
    contextLength: header?.contextLength ?? null,
    parts: parts.length,
    problem: missing({ file, parts }) ?? damaged(parts, headers) ?? (header === null ? null : unfit(file, header)),
  }
}

function nameOf(file: string, header: GgufHeader | null): string {
  const name = plain(header?.name ?? '') ?? plain(nameFromFile(file)) ?? 'model'
  const purpose = header === null ? null : purposeOf(header)
  return purpose === null ? name : `${name} (${purpose})`
}

/** Null for what answers prompts, as far as is known. */
function purposeOf({ kind, architecture, pooling }: GgufHeader): string | null {
  // Older projectors have no `general.type`.
  const type = architecture === 'clip' ? 'mmproj' : (kind ?? '')
  const sidecar = Object.hasOwn(SIDECARS, type) ? SIDECARS[type] : undefined
  if (sidecar !== undefined) return sidecar
  if (pooling === RANK_POOLING) return 'for ranking'
  return (pooling ?? 0) > 0 ? 'for embeddings' : null
}

/** A text of the file as one short line; null if nothing is left of it. */
function plain(text: string): string | null {
  // What is cut out of a longer text may end in half a character.
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\uFFFD\s]+/gu, ' ').trim()
  if (line === '') return null
  return line.length > MAX_NAME_LENGTH ? `${line.slice(0, MAX_NAME_LENGTH - 1)}…` : line
}

function missing({ file, parts }: ModelFiles): string | null {
  const absent = parts.flatMap((part, index) => (part === null ? [index + 1] : []))
  if (absent.length === 0) return null
  if (parts.length === 1) return 'There is no such file, or it may not be read.'
  const named = absent.slice(0, NAMED_PARTS).join(', ')
  const more = absent.length > NAMED_PARTS ? ` and ${absent.length - NAMED_PARTS} more` : ''
  const [noun, verb] = absent.length === 1 ? ['part', 'is'] : ['parts', 'are']
  return `Of the ${parts.length} parts of ${basename(file)}, ${noun} ${named}${more} ${verb} missing in its folder.`
}

function damaged(parts: ModelFiles['parts'], headers: readonly (HeaderResult | null)[]): string | null {
  for (const [index, header] of headers.entries()) {
    const facts = parts[index]
    if (header == null || facts == null) continue
    const subject = parts.length === 1 ? 'The file' : `Part ${index + 1}`
    if (!header.ok) return `${subject} ${header.problem}.`
    if (header.header.neededBytes > facts.sizeBytes) {
      return `${subject} is shorter than its header says: download it again.`
    }
    if (parts.length > 1 && header.header.splitCount !== parts.length) {
      return `${subject} says that there are ${header.header.splitCount} parts, its name says ${parts.length}.`
    }
  }
  return null
}

function unfit(file: string, header: GgufHeader): string | null {
  const { architecture, kind, tensors, splitNo, splitCount, isBigEndian } = header
  if (isBigEndian !== (endianness() === 'BE')) {
    return `The file is for ${isBigEndian ? 'big' : 'little'}-endian computers; this is none.`
  }
  if (splitCount > 1 && parseSplitName(basename(file)) === null) {
    const wanted = `…-${String(splitNo + 1).padStart(5, '0')}-of-${String(splitCount).padStart(5, '0')}.gguf`
    return `The file is part ${splitNo + 1} of ${splitCount}, but is not called ${wanted}: the others are not found.`
  }
  if (kind === 'imatrix') return 'The file holds measurements for quantising a model, and no model.'
  if (tensors === 0 && splitCount === 1) return 'The file holds a vocabulary, and no weights.'
  return architecture === null ? 'The file does not say which kind of model it holds.' : null
}

import type { FileHandle } from 'node:fs/promises'
import { DamagedFile } from './damaged-file.ts'
import { HeaderSource } from './header-source.ts'
import { readMetadata } from './read-metadata.ts'
import { readTensors } from './read-tensors.ts'
import { fileTypeName } from './types.ts'

/** What a model file says about itself. Texts are untrusted. */
export interface GgufHeader {
  readonly name: string | null
  readonly architecture: string | null
  /** `general.type`: `model`, or e.g. `adapter`, `mmproj`, `imatrix`; null if it does not say. */
  readonly kind: string | null
  readonly quantisation: string | null
  readonly contextLength: number | null
  /** How the model makes one vector of many (`llama_pooling_type`); null or 0: it does not. */
  readonly pooling: number | null
  readonly isBigEndian: boolean
  readonly tensors: number
  /** Which part it is, from 0 on, and of how many; 1 for a file that is not split. */
  readonly splitNo: number
  readonly splitCount: number
  /** Bytes that the file has at least, if it is whole. */
  readonly neededBytes: number
}

export type HeaderResult =
  | { readonly ok: true; readonly header: GgufHeader }
  /** The words complete "the file ...". */
  | { readonly ok: false; readonly problem: string }

const MAGIC = 'GGUF'
/** Version 1 had shorter lengths and lived for some weeks; no server reads it any more. */
const VERSIONS = [2, 3]

/**
 * Reads the header of a model file (ggml's docs/gguf.md). Every length in it is untrusted: nothing is read or kept that is
 * not needed, and a file that is damaged or no model at all is a problem in words. Takes some 200 KB of memory.
 *
 * @param fileSize bytes
 * @throws what reading the file throws
 */
export async function readHeader(handle: FileHandle, fileSize: number): Promise<HeaderResult> {
  try {
    return { ok: true, header: await parse(new HeaderSource(handle, fileSize)) }
  } catch (error) {
    if (error instanceof DamagedFile) return { ok: false, problem: error.message }
    throw error
  }
}

async function parse(source: HeaderSource): Promise<GgufHeader> {
  await readStart(source)
  await source.need(16)
  const tensors = source.uint64()
  const pairs = source.uint64()
  const metadata = await readMetadata(source, pairs)
  const { neededBytes, mostlyType } = await readTensors(source, tensors, metadata.number('general.alignment'))
  const architecture = metadata.text('general.architecture')
  const fileType = metadata.number('general.file_type')
  const own = (name: string) => (architecture === null ? null : metadata.number(`${architecture}.${name}`))
  return {
    name: metadata.text('general.name'),
    architecture,
    kind: metadata.text('general.type'),
    // llama.cpp guesses in the same way if the file does not say.
    quantisation: (fileType === null ? null : fileTypeName(fileType)) ?? mostlyType,
    contextLength: own('context_length'),
    pooling: own('pooling_type'),
    isBigEndian: source.isBigEndian,
    tensors,
    splitNo: metadata.number('split.no') ?? 0,
    splitCount: Math.max(1, metadata.number('split.count') ?? 1),
    neededBytes,
  }
}

async function readStart(source: HeaderSource): Promise<void> {
  if (source.left < 4) throw new DamagedFile(source.left === 0 ? 'is empty' : 'is no GGUF file')
  await source.need(4)
  if (source.text(4) !== MAGIC) throw new DamagedFile('is no GGUF file')
  await source.need(4)
  let version = source.uint32()
  // A small number that was written in the other order has its lower half empty.
  if (version !== 0 && (version & 0xffff) === 0) {
    source.isBigEndian = true
    version = swap32(version)
  }
  if (!VERSIONS.includes(version)) {
    throw new DamagedFile(`is of GGUF version ${version}; versions 2 and 3 can be read`)
  }
}

function swap32(value: number): number {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes.readUInt32BE()
}

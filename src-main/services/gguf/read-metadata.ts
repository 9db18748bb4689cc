import { DamagedFile } from './damaged-file.ts'
import type { HeaderSource } from './header-source.ts'
import { fixedSize, valueType } from './types.ts'

/** As the format says. */
const MAX_KEY_BYTES = 65_535
/** Beyond it a text is cut: names are not longer. */
const MAX_TEXT_BYTES = 1024
/** Files have some dozens. */
const MAX_PAIRS = 65_536
/** The format allows arrays of arrays; nobody writes them. */
const MAX_DEPTH = 4
/** Keys that end in these belong to an architecture, whose name may come later. */
const OWN_KEYS = /^[^\n]{1,100}\.(?:context_length|pooling_type)$/
const MAX_OWN_KEYS = 32

const WANTED: ReadonlySet<string> = new Set([
  'general.architecture',
  'general.name',
  'general.type',
  'general.file_type',
  'general.alignment',
  'split.no',
  'split.count',
])

/** The few values of a header that are kept. */
export class Metadata {
  readonly #values = new Map<string, string | number>()

  get size(): number {
    return this.#values.size
  }

  set(key: string, value: string | number): void {
    this.#values.set(key, value)
  }

  /** Null if there is no such key, or if its value is no text. */
  text(key: string): string | null {
    const value = this.#values.get(key)
    return typeof value === 'string' ? value : null
  }

  /** Null if there is no such key, or if its value is no whole number from 0 on. */
  number(key: string): number | null {
    const value = this.#values.get(key)
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
  }
}

/** @throws DamagedFile */
export async function readMetadata(source: HeaderSource, pairs: number): Promise<Metadata> {
  if (pairs > MAX_PAIRS) throw new DamagedFile(`is damaged: it claims to have ${pairs} properties`)
  const metadata = new Metadata()
  for (let index = 0; index < pairs; index += 1) {
    const key = await readKey(source)
    await source.need(4)
    const type = source.uint32()
    if (isWanted(key, metadata)) {
      const value = await readValue(source, type)
      if (value !== null) metadata.set(key, value)
    } else {
      await skipValue(source, type)
    }
  }
  return metadata
}

function isWanted(key: string, { size }: Metadata): boolean {
  return WANTED.has(key) || (OWN_KEYS.test(key) && size < WANTED.size + MAX_OWN_KEYS)
}

async function readKey(source: HeaderSource): Promise<string> {
  await source.need(8)
  const bytes = source.uint64()
  if (bytes > MAX_KEY_BYTES) throw new DamagedFile(`is damaged: the name of a property has ${bytes} bytes`)
  await source.need(bytes)
  return source.text(bytes)
}

/** Null for a value that is neither a text nor a whole number. */
async function readValue(source: HeaderSource, type: number): Promise<string | number | null> {
  if (type === valueType.string) return await readText(source)
  const size = fixedSize(type)
  if (size !== null) await source.need(size)
  switch (type) {
    case valueType.uint8:
      return source.uint8()
    case valueType.uint16:
      return source.uint16()
    case valueType.uint32:
      return source.uint32()
    case valueType.uint64:
      return source.uint64()
    // The numbers that are wanted are never negative; writers use signed ones for them all the same.
    case valueType.int8:
      return signed(source.uint8(), 8)
    case valueType.int16:
      return signed(source.uint16(), 16)
    case valueType.int32:
      return signed(source.uint32(), 32)
    case valueType.int64:
      return signed(source.uint64(), 64)
    default:
      await skipValue(source, type)
      return null
  }
}

function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value
}

async function readText(source: HeaderSource): Promise<string> {
  await source.need(8)
  const bytes = source.uint64()
  const kept = Math.min(bytes, MAX_TEXT_BYTES)
  await source.need(kept)
  const text = source.text(kept)
  source.skip(bytes - kept)
  return text
}

async function skipValue(source: HeaderSource, type: number, depth = 0): Promise<void> {
  const size = fixedSize(type)
  if (size !== null) {
    source.skip(size)
  } else if (type === valueType.string) {
    await source.need(8)
    source.skip(source.uint64())
  } else if (type === valueType.array && depth < MAX_DEPTH) {
    await source.need(12)
    const elementType = source.uint32()
    await skipElements(source, elementType, source.uint64(), depth + 1)
  } else {
    throw new DamagedFile(`is damaged: a property is of the unknown type ${type}`)
  }
}

async function skipElements(source: HeaderSource, type: number, count: number, depth: number): Promise<void> {
  const size = fixedSize(type)
  if (size !== null) {
    source.skip(count * size)
    return
  }
  // Each has a length of its own, so that the end of the file bounds their number, whatever `count` says.
  let left = count
  while (left > 0) {
    if (type === valueType.string) left -= source.skipTexts(left)
    if (left > 0) await skipValue(source, type, depth)
    left -= 1
  }
}

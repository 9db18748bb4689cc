import { DamagedFile } from './damaged-file.ts'
import { type HeaderSource, MAX_HEADER_BYTES } from './header-source.ts'
import { tensorType } from './types.ts'

const DEFAULT_ALIGNMENT = 32
/** What describes a tensor takes: the length of its name, number of dimensions, type and offset. */
const MIN_TENSOR_BYTES = 24
const MAX_TENSORS = MAX_HEADER_BYTES / MIN_TENSOR_BYTES
const MAX_NAME_BYTES = 65_535
const MAX_DIMENSIONS = 4

export interface TensorTable {
  /** Bytes from the beginning of the file to the end of its last tensor. */
  readonly neededBytes: number
  /** The type of most weights; null if there are none of a known type. */
  readonly mostlyType: string | null
}

/**
 * Reads where the tensors are.
 *
 * @param alignment as the file says; null: it does not
 * @throws DamagedFile
 */
export async function readTensors(source: HeaderSource, count: number, alignment: number | null): Promise<TensorTable> {
  if (count > MAX_TENSORS) throw new DamagedFile(`is damaged: it claims to have ${count} tensors`)
  let dataBytes = 0
  const weightsOf = new Map<string, number>()
  for (let index = 0; index < count; index += 1) {
    const { end, type, weights } = await readTensor(source)
    dataBytes = Math.max(dataBytes, end)
    if (type !== null) weightsOf.set(type, (weightsOf.get(type) ?? 0) + weights)
  }
  const [most] = [...weightsOf].sort((one, other) => other[1] - one[1])
  const begin = count === 0 ? source.position : aligned(source.position, alignment ?? DEFAULT_ALIGNMENT)
  return { neededBytes: begin + dataBytes, mostlyType: most?.[0] ?? null }
}

async function readTensor(source: HeaderSource) {
  await source.need(8)
  const nameBytes = source.uint64()
  if (nameBytes > MAX_NAME_BYTES) throw new DamagedFile(`is damaged: the name of a tensor has ${nameBytes} bytes`)
  source.skip(nameBytes)
  await source.need(4)
  const dimensions = source.uint32()
  if (dimensions > MAX_DIMENSIONS) throw new DamagedFile(`is damaged: a tensor has ${dimensions} dimensions`)
  await source.need(dimensions * 8 + 12)
  let weights = 1
  for (let index = 0; index < dimensions; index += 1) weights *= source.uint64()
  const type = tensorType(source.uint32())
  const offset = source.uint64()
  // Of an unknown type, that of a newer version, only the beginning is known.
  const bytes = type === null ? 0 : (weights / type.weights) * type.bytes
  return { end: offset + bytes, type: type?.name ?? null, weights }
}

/** Whatever a damaged file says: as long as it is a number, the worst is that the file seems too short. */
function aligned(position: number, alignment: number): number {
  return alignment === 0 ? position : Math.ceil(position / alignment) * alignment
}

/** Writes model files, by the words of ggml's docs/gguf.md, and not by the code that reads them. */

export type FixedType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'bool'
  | 'uint64'
  | 'int64'
  | 'float64'

export type GgufValue =
  | { readonly type: FixedType; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'array'; readonly of: FixedType; readonly values: readonly number[] }
  | { readonly type: 'array'; readonly of: 'string'; readonly values: readonly string[] }

export interface GgufTensor {
  readonly name: string
  /** Weights per row first. */
  readonly dimensions: readonly number[]
  /** Number of its `ggml_type`. */
  readonly type: number
  readonly data: Uint8Array
}

export interface GgufContents {
  readonly version?: number
  readonly isBigEndian?: boolean
  /** Where the data of tensors may begin; that a file says so is up to its metadata. Default: 32. */
  readonly alignment?: number
  readonly metadata: readonly (readonly [key: string, value: GgufValue])[]
  readonly tensors?: readonly GgufTensor[]
  /** Where the tensors' data begin, after the header. Default: one after another. */
  readonly offsets?: readonly number[]
}

const NUMBERS: Readonly<Record<FixedType | 'string' | 'array', number>> = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
}

class Writer {
  readonly #pieces: Uint8Array[] = []
  readonly #isLittle: boolean
  length = 0

  constructor(isBigEndian: boolean) {
    this.#isLittle = !isBigEndian
  }

  bytes(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.length += piece.length
  }

  number(type: FixedType, value: number): void {
    const view = new DataView(new ArrayBuffer(8))
    this.bytes(new Uint8Array(view.buffer, 0, this.#put(view, type, value)))
  }

  #put(view: DataView, type: FixedType, value: number): number {
    const little = this.#isLittle
    switch (type) {
      case 'uint8':
      case 'bool':
        view.setUint8(0, value)
        return 1
      case 'int8':
        view.setInt8(0, value)
        return 1
      case 'uint16':
        view.setUint16(0, value, little)
        return 2
      case 'int16':
        view.setInt16(0, value, little)
        return 2
      case 'uint32':
        view.setUint32(0, value, little)
        return 4
      case 'int32':
        view.setInt32(0, value, little)
        return 4
      case 'float32':
        view.setFloat32(0, value, little)
        return 4
      case 'uint64':
        view.setBigUint64(0, BigInt(value), little)
        return 8
      case 'int64':
        view.setBigInt64(0, BigInt(value), little)
        return 8
      case 'float64':
        view.setFloat64(0, value, little)
        return 8
    }
  }

  text(value: string): void {
    const bytes = Buffer.from(value)
    this.number('uint64', bytes.length)
    this.bytes(bytes)
  }

  padTo(alignment: number): void {
    this.bytes(new Uint8Array((alignment - (this.length % alignment)) % alignment))
  }

  value(value: GgufValue): void {
    this.number('uint32', NUMBERS[value.type])
    if (value.type === 'string') {
      this.text(value.value)
    } else if (value.type !== 'array') {
      this.number(value.type, value.value)
    } else {
      this.number('uint32', NUMBERS[value.of])
      this.number('uint64', value.values.length)
      for (const element of value.values) {
        if (typeof element === 'string') this.text(element)
        else if (value.of !== 'string') this.number(value.of, element)
      }
    }
  }

  whole(): Buffer {
    return Buffer.concat(this.#pieces)
  }
}

/** The bytes of a whole model file. */
export function ggufBytes({
  version = 3,
  isBigEndian = false,
  alignment = 32,
  metadata,
  tensors = [],
  offsets,
}: GgufContents): Buffer {
  const writer = new Writer(isBigEndian)
  writer.bytes(Buffer.from('GGUF'))
  writer.number('uint32', version)
  writer.number('uint64', tensors.length)
  writer.number('uint64', metadata.length)
  for (const [key, value] of metadata) {
    writer.text(key)
    writer.value(value)
  }
  let offset = 0
  for (const [index, { name, dimensions, type, data }] of tensors.entries()) {
    writer.text(name)
    writer.number('uint32', dimensions.length)
    for (const dimension of dimensions) writer.number('uint64', dimension)
    writer.number('uint32', type)
    writer.number('uint64', offsets?.[index] ?? offset)
    offset += Math.ceil(data.length / alignment) * alignment
  }
  for (const { data } of tensors) {
    writer.padTo(alignment)
    writer.bytes(data)
  }
  return writer.whole()
}

export const text = (value: string): GgufValue => ({ type: 'string', value })
export const uint32 = (value: number): GgufValue => ({ type: 'uint32', value })
export const float32 = (value: number): GgufValue => ({ type: 'float32', value })

/**
 * C structures as a compiler for 64-bit ARM or Intel lays them out, so that bytes for a decoder can be made from a header's
 * own declarations, and not from the decoder's idea of the offsets.
 */
export type CType = 'u8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | CLayout

/** A field: its name, its type, and how many there are if it is an array. */
export type CField = readonly [name: string, type: CType, count?: number]

export interface CLayout {
  readonly size: number
  readonly align: number
  /** By path, e.g. `kp_proc.p_pid`. */
  readonly offsets: ReadonlyMap<string, { readonly offset: number; readonly type: CType }>
}

const SIZES = { u8: 1, u16: 2, i16: 2, u32: 4, i32: 4, u64: 8, i64: 8 } as const

const sizeOf = (type: CType) => (typeof type === 'string' ? SIZES[type] : type.size)
const alignOf = (type: CType) => (typeof type === 'string' ? SIZES[type] : type.align)
const roundUp = (offset: number, align: number) => Math.ceil(offset / align) * align

function layOut(fields: readonly CField[], isUnion: boolean): CLayout {
  const offsets = new Map<string, { offset: number; type: CType }>()
  let end = 0
  let size = 0
  let align = 1
  for (const [name, type, count = 1] of fields) {
    const offset = isUnion ? 0 : roundUp(end, alignOf(type))
    offsets.set(name, { offset, type })
    if (typeof type !== 'string') {
      for (const [path, inner] of type.offsets) {
        offsets.set(`${name}.${path}`, { offset: offset + inner.offset, type: inner.type })
      }
    }
    end = offset + sizeOf(type) * count
    size = Math.max(size, end)
    align = Math.max(align, alignOf(type))
  }
  return { size: roundUp(size, align), align, offsets }
}

export const struct = (...fields: CField[]): CLayout => layOut(fields, false)
export const union = (...fields: CField[]): CLayout => layOut(fields, true)

/** The bytes of a structure with these values; text goes into arrays of bytes, the rest is zero. */
export function encode(layout: CLayout, values: Readonly<Record<string, number | bigint | string>>): Buffer {
  const bytes = Buffer.alloc(layout.size)
  for (const [path, value] of Object.entries(values)) {
    const field = layout.offsets.get(path)
    if (field === undefined) throw new Error(`expected a field ${path}`)
    if (typeof value === 'string') bytes.write(value, field.offset)
    else write(bytes, field.offset, field.type, value)
  }
  return bytes
}

function write(bytes: Buffer, offset: number, type: CType, value: number | bigint): void {
  if (type === 'u8') bytes.writeUInt8(Number(value), offset)
  else if (type === 'u16') bytes.writeUInt16LE(Number(value), offset)
  else if (type === 'i16') bytes.writeInt16LE(Number(value), offset)
  else if (type === 'u32') bytes.writeUInt32LE(Number(value), offset)
  else if (type === 'i32') bytes.writeInt32LE(Number(value), offset)
  else if (type === 'u64') bytes.writeBigUInt64LE(BigInt(value), offset)
  else if (type === 'i64') bytes.writeBigInt64LE(BigInt(value), offset)
  else throw new Error('expected a number, got a structure')
}

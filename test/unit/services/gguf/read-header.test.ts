import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HeaderResult, readHeader } from '../../../../src-main/services/gguf/read-header.ts'
import { type FixedType, float32, type GgufValue, ggufBytes, text, uint32 } from '../../../support/gguf-bytes.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

function reader() {
  const file = join(temporaryDirectory(), 'model.gguf')
  return async (bytes: Uint8Array, size = bytes.length): Promise<HeaderResult> => {
    await writeFile(file, bytes)
    const handle = await open(file)
    try {
      return await readHeader(handle, size)
    } finally {
      await handle.close()
    }
  }
}

const problemIn = (result: HeaderResult) => (result.ok ? null : result.problem)

/** Names and sizes by ggml's own table, for types whose blocks differ. */
const TENSOR_TYPES = [
  { type: 0, name: 'F32', weights: 1, bytes: 4 },
  { type: 1, name: 'F16', weights: 1, bytes: 2 },
  { type: 2, name: 'Q4_0', weights: 32, bytes: 18 },
  { type: 8, name: 'Q8_0', weights: 32, bytes: 34 },
  { type: 12, name: 'Q4_K', weights: 256, bytes: 144 },
  { type: 14, name: 'Q6_K', weights: 256, bytes: 210 },
  { type: 40, name: 'NVFP4', weights: 64, bytes: 36 },
]

const integer = (type: FixedType, min: number, max: number) =>
  fc.integer({ min, max }).map((value): GgufValue => ({ type, value }))

const anyFixed = fc.oneof(
  integer('uint8', 0, 255),
  integer('int8', -128, 127),
  integer('uint16', 0, 65_535),
  integer('int16', -32_768, 32_767),
  integer('uint32', 0, 2 ** 32 - 1),
  integer('int32', -(2 ** 31), 2 ** 31 - 1),
  integer('uint64', 0, Number.MAX_SAFE_INTEGER),
  integer('int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  integer('bool', 0, 1),
  fc.double().map((value): GgufValue => ({ type: 'float64', value })),
  fc.float().map(float32),
)
const anyValue = fc.oneof(
  anyFixed,
  fc.string({ unit: 'grapheme' }).map(text),
  fc.array(fc.string({ unit: 'grapheme' })).map((values): GgufValue => ({ type: 'array', of: 'string', values })),
  fc.array(fc.integer({ min: 0, max: 255 })).map((values): GgufValue => ({ type: 'array', of: 'int16', values })),
  fc.array(fc.float()).map((values): GgufValue => ({ type: 'array', of: 'float32', values })),
)

/** Writers use what type they like. */
const count = (max: number) =>
  fc.oneof(
    integer('uint8', 0, Math.min(max, 255)),
    integer('uint16', 0, Math.min(max, 65_535)),
    integer('uint32', 0, max),
    integer('int8', 0, Math.min(max, 127)),
    integer('int16', 0, Math.min(max, 32_767)),
    integer('int32', 0, max),
    integer('uint64', 0, max),
    integer('int64', 0, max),
  )
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const contents = fc
  .record({
    name: optional(fc.string({ unit: 'grapheme', maxLength: 60 })),
    architecture: optional(fc.constantFrom('llama', 'qwen3', 'gpt-oss', 'clip')),
    kind: optional(fc.constantFrom('model', 'adapter', 'mmproj')),
    fileType: optional(fc.constantFrom([7, 'Q8_0'], [15, 'Q4_K_M'], [30, 'IQ4_XS'], [1024 + 2, 'Q4_0'] as const)),
    contextLength: optional(count(2 ** 31 - 1)),
    pooling: optional(count(4)),
    splitNo: optional(count(100)),
    splitCount: optional(count(100)),
    alignment: optional(fc.constantFrom(8, 32, 64, 4096)),
    others: fc.array(fc.tuple(fc.stringMatching(/^[a-z_]{1,12}\.x\.[a-z_]{1,12}$/), anyValue), { maxLength: 12 }),
    tensors: fc.array(
      fc.record({
        name: fc.stringMatching(/^[a-z.]{1,60}$/),
        kind: fc.constantFrom(...TENSOR_TYPES),
        blocks: fc.integer({ min: 1, max: 3 }),
        further: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
      }),
      { maxLength: 6 },
    ),
    version: fc.constantFrom(2, 3),
    isBigEndian: fc.boolean(),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ others, tensors, order, ...facts }) => {
    const architecture = facts.architecture
    const known: (readonly [string, GgufValue | undefined])[] = [
      ['general.name', facts.name === undefined ? undefined : text(facts.name)],
      ['general.architecture', architecture === undefined ? undefined : text(architecture)],
      ['general.type', facts.kind === undefined ? undefined : text(facts.kind)],
      ['general.file_type', facts.fileType === undefined ? undefined : uint32(Number(facts.fileType[0]))],
      ['general.alignment', facts.alignment === undefined ? undefined : uint32(facts.alignment)],
      [`${architecture ?? 'none'}.context_length`, facts.contextLength],
      [`${architecture ?? 'none'}.pooling_type`, facts.pooling],
      ['other.context_length', uint32(1)],
      ['split.no', facts.splitNo],
      ['split.count', facts.splitCount],
    ]
    const all = [...known.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])), ...others]
    const metadata = all
      .map((pair) => ({ pair, place: order.next().value ?? 0 }))
      .sort((one, other) => one.place - other.place)
      .map(({ pair }) => pair)
    return {
      facts,
      tensors,
      bytes: ggufBytes({
        ...(facts.alignment === undefined ? {} : { alignment: facts.alignment }),
        version: facts.version,
        isBigEndian: facts.isBigEndian,
        metadata,
        tensors: tensors.map(({ name, kind, blocks, further }) => ({
          name,
          type: kind.type,
          dimensions: [blocks * kind.weights, ...further],
          data: new Uint8Array(further.reduce((product, dimension) => product * dimension, blocks * kind.bytes)),
        })),
      }),
    }
  })

const numberOf = (value: GgufValue | undefined) =>
  value !== undefined && 'value' in value && typeof value.value === 'number' ? value.value : null

describe('the header of a model file', () => {
  it('says what was written, whatever else was', async () => {
    const read = reader()
    await fc.assert(
      fc.asyncProperty(contents, async ({ facts, tensors, bytes }) => {
        const result = await read(bytes)
        const most = new Map<string, number>()
        for (const { kind, blocks, further } of tensors) {
          const weights = further.reduce((product, dimension) => product * dimension, blocks * kind.weights)
          most.set(kind.name, (most.get(kind.name) ?? 0) + weights)
        }
        const [largest] = [...most].sort((one, other) => other[1] - one[1])
        const hasOwn = facts.architecture !== undefined
        expect(result).toEqual({
          ok: true,
          header: {
            name: facts.name ?? null,
            architecture: facts.architecture ?? null,
            kind: facts.kind ?? null,
            quantisation: facts.fileType?.[1] ?? largest?.[0] ?? null,
            contextLength: hasOwn ? numberOf(facts.contextLength) : null,
            pooling: hasOwn ? numberOf(facts.pooling) : null,
            isBigEndian: facts.isBigEndian,
            tensors: tensors.length,
            splitNo: numberOf(facts.splitNo) ?? 0,
            splitCount: Math.max(1, numberOf(facts.splitCount) ?? 1),
            neededBytes: bytes.length,
          },
        })
      }),
    )
  })

  it('tells of every file that was cut off, wherever that was', async () => {
    const read = reader()
    await fc.assert(
      fc.asyncProperty(contents, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (made, share) => {
        const size = Math.floor(made.bytes.length * share)
        const result = await read(made.bytes.subarray(0, size))
        expect(!result.ok || result.header.neededBytes > size).toBe(true)
      }),
    )
  })

  it('never makes it throw or hang, however it is damaged', async () => {
    const read = reader()
    const change = fc.record({
      place: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.integer({ max: 255, min: 0 }),
    })
    await fc.assert(
      fc.asyncProperty(contents, fc.array(change, { minLength: 1, maxLength: 4 }), async ({ bytes }, changes) => {
        const damaged = Buffer.from(bytes)
        for (const { place, byte } of changes) damaged[Math.floor(place * (damaged.length - 1))] = byte
        const result = await read(damaged)
        expect(result.ok || result.problem).toBeTruthy()
      }),
      { numRuns: 400 },
    )
  })

  it('may be anything at all', async () => {
    const read = reader()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (noise, hasStart) => {
        const start = hasStart ? Buffer.from('GGUF\x03\0\0\0', 'latin1') : Buffer.alloc(0)
        const result = await read(Buffer.concat([start, noise]))
        expect(result.ok || result.problem).toBeTruthy()
      }),
      { numRuns: 400 },
    )
  })

  it('is found behind a vocabulary that is longer than what is read at once', async () => {
    const read = reader()
    const tokens = Array.from({ length: 50_000 }, (_, index) => `token ${index} ${'x'.repeat(index % 40)}`)
    const result = await read(
      ggufBytes({
        metadata: [
          ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: tokens }],
          ['tokenizer.ggml.scores', { type: 'array', of: 'float32', values: tokens.map(() => 1) }],
          ['tokenizer.chat_template', text('{{ x }}'.repeat(60_000))],
          ['llama.context_length', uint32(8192)],
          ['general.architecture', text('llama')],
          ['general.name', text('Behind it')],
        ],
      }),
    )
    expect(result).toMatchObject({
      ok: true,
      header: { name: 'Behind it', architecture: 'llama', contextLength: 8192, tensors: 0 },
    })
  })

  it('has no number that is negative', async () => {
    const negative = (type: FixedType): GgufValue => ({ type, value: -3 })
    for (const type of ['int8', 'int16', 'int32', 'int64'] as const) {
      const result = await reader()(ggufBytes({ metadata: [['split.count', negative(type)]] }))
      expect(result.ok && result.header.splitCount, type).toBe(1)
    }
  })

  it('keeps the beginning of a name that is none', async () => {
    const metadata = [
      ['general.name', text('n'.repeat(1_000_000))],
      ['general.architecture', text('llama')],
    ] as const
    const result = await reader()(ggufBytes({ metadata }))
    expect(result).toMatchObject({ ok: true, header: { name: 'n'.repeat(1024), architecture: 'llama' } })
  })
})

/** What a header claims, byte by byte. */
class Claims {
  #bytes = Buffer.from('GGUF\x03\0\0\0', 'latin1')

  u32(value: number): this {
    const piece = Buffer.alloc(4)
    piece.writeUInt32LE(value)
    this.#bytes = Buffer.concat([this.#bytes, piece])
    return this
  }

  u64(value: bigint): this {
    const piece = Buffer.alloc(8)
    piece.writeBigUInt64LE(value)
    this.#bytes = Buffer.concat([this.#bytes, piece])
    return this
  }

  key(name: string): this {
    this.u64(BigInt(name.length))
    this.#bytes = Buffer.concat([this.#bytes, Buffer.from(name)])
    return this
  }

  get bytes(): Buffer {
    return this.#bytes
  }
}

const HUGE = 2n ** 63n
const ARRAY = 9
const STRING = 8
const UINT64 = 10
/** Large enough for any claim to be possible as far as the size of the file goes. */
const BIG_FILE = 2 ** 50

describe('a header that claims the impossible', () => {
  const claims: Readonly<Record<string, [claims: Claims, problem: string]>> = {
    'tensors without end': [new Claims().u64(HUGE).u64(0n), 'tensors'],
    'properties without end': [new Claims().u64(0n).u64(HUGE), 'properties'],
    'a name without end': [new Claims().u64(0n).u64(1n).u64(HUGE), 'name of a property'],
    'a text without end': [new Claims().u64(0n).u64(1n).key('k').u32(STRING).u64(HUGE), 'ends inside its header'],
    'a list without end': [
      new Claims().u64(0n).u64(1n).key('k').u32(ARRAY).u32(UINT64).u64(HUGE),
      'ends inside its header',
    ],
    'texts without end': [
      new Claims().u64(0n).u64(1n).key('k').u32(ARRAY).u32(STRING).u64(HUGE),
      'ends inside its header',
    ],
    'lists in lists in lists': [
      new Claims()
        .u64(0n)
        .u64(1n)
        .key('k')
        .u32(ARRAY)
        .u32(ARRAY)
        .u64(1n)
        .u32(ARRAY)
        .u64(1n)
        .u32(ARRAY)
        .u64(1n)
        .u32(ARRAY)
        .u64(1n)
        .u32(ARRAY)
        .u64(1n),
      'unknown type 9',
    ],
    'a tensor with a name without end': [new Claims().u64(1n).u64(0n).u64(HUGE), 'name of a tensor'],
    'a tensor of many dimensions': [
      new Claims()
        .u64(1n)
        .u64(0n)
        .key('t')
        .u32(2 ** 31),
      'dimensions',
    ],
  }

  it.each(Object.entries(claims))('%s', async (_name, [{ bytes }, problem]) => {
    expect(problemIn(await reader()(bytes))).toContain(problem)
  })

  it('a tensor larger than anything', async () => {
    const { bytes } = new Claims()
      .u64(1n)
      .u64(0n)
      .key('t')
      .u32(4)
      .u64(HUGE)
      .u64(HUGE)
      .u64(HUGE)
      .u64(HUGE)
      .u32(0)
      .u64(0n)
    const result = await reader()(bytes)
    expect(result.ok && result.header.neededBytes).toBeGreaterThan(Number.MAX_SAFE_INTEGER)
  })

  it('more than 64 MB in a file that is large enough', async () => {
    const { bytes } = new Claims()
      .u64(0n)
      .u64(2n)
      .key('k')
      .u32(ARRAY)
      .u32(UINT64)
      .u64(2n ** 30n)
    expect(problemIn(await reader()(bytes, BIG_FILE))).toContain('has no end')
  })

  it('what is beyond the end of a file that shrank meanwhile', async () => {
    const { bytes } = new Claims().u64(0n).u64(2n)
    expect(problemIn(await reader()(bytes, BIG_FILE))).toContain('ends inside its header')
  })
})

describe('a file', () => {
  it('that is no model says so', async () => {
    const read = reader()
    expect(problemIn(await read(Buffer.alloc(0)))).toBe('is empty')
    expect(problemIn(await read(Buffer.from('GG')))).toBe('is no GGUF file')
    expect(problemIn(await read(Buffer.from('<!doctype html>')))).toBe('is no GGUF file')
    expect(problemIn(await read(Buffer.from('GGUF')))).toContain('ends inside its header')
  })

  it.each([0, 1, 4, 2 ** 31 + 5])('of version %i says so', async (version) => {
    const bytes = ggufBytes({ version, metadata: [] })
    expect(problemIn(await reader()(bytes))).toBe(`is of GGUF version ${version}; versions 2 and 3 can be read`)
  })
})

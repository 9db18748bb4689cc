import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { float32, type GgufTensor, type GgufValue, ggufBytes, text, uint32 } from './gguf-bytes.ts'

/**
 * Model files that a real llama-server loads and answers with, out of random weights. The shape is that of Llama: names and
 * sizes of its tensors and what its header has to say are those of llama.cpp's src/llama-arch.cpp and of gguf-py.
 */
export interface TinyModel {
  readonly name?: string
  /** The same seed makes the same file. */
  readonly seed?: number
  /** Width of the hidden state; a multiple of 8. Default 64. */
  readonly width?: number
  readonly layers?: number
  /** Tokens it claims to be trained for. */
  readonly contextLength?: number
  /** Default: F32. */
  readonly weights?: 'F32' | 'Q8_0'
  /** Number of the quantisation it claims to have (`general.file_type`), whatever its weights are. */
  readonly claimedType?: number
}

const SPECIAL = ['<unk>', '<s>', '</s>']
const END = 2
const WORDS = (
  'the a one two and or not with from here there small large quiet bright old new river stone light window garden letter ' +
  'number model server engine answer question token begins ends opens closes runs waits carries finds keeps . , : !'
).split(' ')

// As in tokenizer.ggml.token_type.
const NORMAL = 1
const UNKNOWN = 2
const CONTROL = 3
const BYTE = 6

const HEADS = 4
const KEY_HEADS = 2
const F32 = 0
const Q8_0 = 8

const TEMPLATE =
  "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"

/** The bytes of a model; some hundred kilobytes unless it is made wide. */
export function tinyGguf(model: TinyModel = {}): Buffer {
  const random = gaussian(model.seed ?? 1)
  const store = model.weights === 'Q8_0' ? storeQ8 : storeF32
  const tensors = shapes(model).map(({ name, dimensions, scale }): GgufTensor => {
    const count = dimensions.reduce((product, dimension) => product * dimension, 1)
    const weights = Float32Array.from({ length: count }, (_, index) => scale(index) * random())
    // What has one dimension stays as it is, as llama.cpp's quantiser does it.
    const [type, data] = dimensions.length === 1 ? storeF32(weights) : store(weights)
    return { name, dimensions, type, data }
  })
  return ggufBytes({ metadata: metadataOf(model), tensors })
}

/** Writes a model whose weights are a hole in the file: as large as one likes, and it takes its time to load. */
export function writeHollowGguf(file: string, model: TinyModel): void {
  const tensors = shapes(model).map(({ name, dimensions }) => ({ name, dimensions, type: F32, data: new Uint8Array() }))
  // The offsets depend on the sizes, but the header is as long whatever they are.
  let offset = 0
  const offsets = tensors.map(({ dimensions }) => {
    const begin = offset
    offset += Math.ceil((4 * dimensions.reduce((product, dimension) => product * dimension, 1)) / 32) * 32
    return begin
  })
  const header = ggufBytes({ metadata: metadataOf(model), tensors, offsets })
  const descriptor = openSync(file, 'w')
  try {
    writeSync(descriptor, header)
    ftruncateSync(descriptor, Math.ceil(header.length / 32) * 32 + offset)
  } finally {
    closeSync(descriptor)
  }
}

export function writeTinyGguf(file: string, model: TinyModel = {}): void {
  writeFileSync(file, tinyGguf(model))
}

function metadataOf(model: TinyModel): readonly (readonly [string, GgufValue])[] {
  const { name = 'Tiny random Llama', width = 64, layers = 2, contextLength = 4096, weights = 'F32' } = model
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
  // U+2581 is the tokeniser's space.
  const words = WORDS.map((word) => (/\w/.test(word) ? `\u2581${word}` : word))
  const kinds = [UNKNOWN, CONTROL, CONTROL, ...bytes.map(() => BYTE), ...words.map(() => NORMAL)]
  return [
    ['general.architecture', text('llama')],
    ['general.name', text(name)],
    ['general.file_type', uint32(model.claimedType ?? (weights === 'Q8_0' ? 7 : 0))],
    ['general.quantization_version', uint32(2)],
    ['llama.context_length', uint32(contextLength)],
    ['llama.embedding_length', uint32(width)],
    ['llama.block_count', uint32(layers)],
    ['llama.feed_forward_length', uint32(2 * width)],
    ['llama.rope.dimension_count', uint32(width / HEADS)],
    ['llama.attention.head_count', uint32(HEADS)],
    ['llama.attention.head_count_kv', uint32(KEY_HEADS)],
    ['llama.attention.layer_norm_rms_epsilon', float32(1e-5)],
    ['llama.vocab_size', uint32(kinds.length)],
    ['tokenizer.ggml.model', text('llama')],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: [...SPECIAL, ...bytes, ...words] }],
    // Longer pieces first.
    [
      'tokenizer.ggml.scores',
      { type: 'array', of: 'float32', values: kinds.map((kind) => (kind === NORMAL ? -1 : 0)) },
    ],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', values: kinds }],
    ['tokenizer.ggml.bos_token_id', uint32(1)],
    ['tokenizer.ggml.eos_token_id', uint32(END)],
    ['tokenizer.ggml.unknown_token_id', uint32(0)],
    ['tokenizer.chat_template', text(TEMPLATE)],
  ]
}

interface Shape {
  readonly name: string
  readonly dimensions: readonly number[]
  /** Standard deviation of the weight of this index. */
  readonly scale: (index: number) => number
}

function shapes({ width = 64, layers = 2 }: TinyModel): readonly Shape[] {
  const vocabulary = SPECIAL.length + 256 + WORDS.length
  const keys = (width / HEADS) * KEY_HEADS
  const inner = 2 * width
  const usual = () => 1 / Math.sqrt(width)
  const matrix = (name: string, ...dimensions: number[]) => ({ name: `${name}.weight`, dimensions, scale: usual })
  const norm = (name: string) => ({ name: `${name}.weight`, dimensions: [width], scale: () => 1 })
  const first = SPECIAL.length + 256
  return [
    { ...matrix('token_embd', width, vocabulary), scale: () => 1 },
    norm('output_norm'),
    // Only words are likely: what it says can be read, and it never comes to an end by itself.
    { ...matrix('output', width, vocabulary), scale: (index) => (index >= first * width ? 1 : 0) },
    ...Array.from({ length: layers }, (_, layer) => `blk.${layer}`).flatMap((block) => [
      norm(`${block}.attn_norm`),
      matrix(`${block}.attn_q`, width, width),
      matrix(`${block}.attn_k`, width, keys),
      matrix(`${block}.attn_v`, width, keys),
      matrix(`${block}.attn_output`, width, width),
      norm(`${block}.ffn_norm`),
      matrix(`${block}.ffn_gate`, width, inner),
      matrix(`${block}.ffn_up`, width, inner),
      matrix(`${block}.ffn_down`, inner, width),
    ]),
  ]
}

function storeF32(weights: Float32Array): [number, Uint8Array] {
  const bytes = new DataView(new ArrayBuffer(weights.length * 4))
  weights.forEach((weight, index) => {
    bytes.setFloat32(index * 4, weight, true)
  })
  return [F32, new Uint8Array(bytes.buffer)]
}

const BLOCK = 32

/** Blocks of 32: a scale as half float, then a signed byte each. */
function storeQ8(weights: Float32Array): [number, Uint8Array] {
  const bytes = new DataView(new ArrayBuffer((weights.length / BLOCK) * (BLOCK + 2)))
  for (let block = 0; block * BLOCK < weights.length; block += 1) {
    const values = weights.subarray(block * BLOCK, (block + 1) * BLOCK)
    const scale = Math.max(...values.map(Math.abs)) / 127
    const at = block * (BLOCK + 2)
    bytes.setUint16(at, halfFloat(scale), true)
    values.forEach((value, index) => {
      bytes.setInt8(at + 2 + index, scale === 0 ? 0 : Math.round(value / scale))
    })
  }
  return [Q8_0, new Uint8Array(bytes.buffer)]
}

/** Of a number from 0 on that is below 65504; what is too small becomes 0. */
function halfFloat(value: number): number {
  const exponent = Math.floor(Math.log2(value))
  if (value === 0 || exponent < -14) return 0
  return ((exponent + 15) << 10) + Math.round((value / 2 ** exponent - 1) * 1024)
}

/** Normally distributed numbers (Box and Muller), the same for the same seed (mulberry32). */
export function gaussian(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

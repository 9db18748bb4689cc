import { gaussian } from './tiny-gguf.ts'

// The least that whisper.cpp takes for a model: a vocabulary smaller than this would lack the tokens that it knows by number.
const VOCABULARY = 51_864
const AUDIO_CONTEXT = 1500
const TEXT_CONTEXT = 448
const STATE = 64
const HEADS = 1
const LAYERS = 4
const MELS = 80
const FREQUENCIES = 201

const MAGIC = 0x67676d6c
const F32 = 0

/**
 * A model of random weights that a real whisper-server loads: about 16 MB. The format is that of whisper.cpp's
 * models/convert-pt-to-ggml.py, the names are those of OpenAI's model.
 */
export function tinyWhisper(): Buffer {
  const random = gaussian(1)
  const pieces: Uint8Array[] = []
  const integers = (...values: number[]) => pieces.push(new Uint8Array(Int32Array.from(values).buffer))
  const floats = (count: number, next: () => number) =>
    pieces.push(new Uint8Array(Float32Array.from({ length: count }, next).buffer))

  integers(MAGIC, VOCABULARY, AUDIO_CONTEXT, STATE, HEADS, LAYERS, TEXT_CONTEXT, STATE, HEADS, LAYERS, MELS, F32)
  integers(MELS, FREQUENCIES)
  floats(MELS * FREQUENCIES, () => 0.01)
  integers(256)
  for (let byte = 0; byte < 256; byte += 1) {
    integers(1)
    pieces.push(Uint8Array.of(byte))
  }
  for (const [name, ...dimensions] of tensors()) {
    integers(dimensions.length, name.length, F32, ...dimensions)
    pieces.push(Buffer.from(name))
    const count = dimensions.reduce((product, dimension) => product * dimension, 1)
    floats(count, /(_ln|\.ln|ln_post)\.weight$/.test(name) ? () => 1 : () => 0.05 * random())
  }
  return Buffer.concat(pieces)
}

/** Names, and dimensions with the longest row first. */
function tensors(): [name: string, ...dimensions: number[]][] {
  const norm = (name: string): [string, number][] => [
    [`${name}.weight`, STATE],
    [`${name}.bias`, STATE],
  ]
  const linear = (name: string, from: number, to: number): [string, ...number[]][] => [
    [`${name}.weight`, from, to],
    [`${name}.bias`, to],
  ]
  const attention = (name: string): [string, ...number[]][] => [
    ...norm(`${name}_ln`),
    ...linear(`${name}.query`, STATE, STATE),
    [`${name}.key.weight`, STATE, STATE],
    ...linear(`${name}.value`, STATE, STATE),
    ...linear(`${name}.out`, STATE, STATE),
  ]
  const block = (name: string, attentions: readonly string[]): [string, ...number[]][] => [
    ...norm(`${name}.mlp_ln`),
    ...linear(`${name}.mlp.0`, STATE, 4 * STATE),
    ...linear(`${name}.mlp.2`, 4 * STATE, STATE),
    ...attentions.flatMap((kind) => attention(`${name}.${kind}`)),
  ]
  const layers = Array.from({ length: LAYERS }, (_, layer) => layer)
  return [
    ['encoder.positional_embedding', STATE, AUDIO_CONTEXT],
    ['encoder.conv1.weight', 3, MELS, STATE],
    ['encoder.conv1.bias', 1, STATE],
    ['encoder.conv2.weight', 3, STATE, STATE],
    ['encoder.conv2.bias', 1, STATE],
    ...norm('encoder.ln_post'),
    ...layers.flatMap((layer) => block(`encoder.blocks.${layer}`, ['attn'])),
    ['decoder.positional_embedding', STATE, TEXT_CONTEXT],
    ['decoder.token_embedding.weight', STATE, VOCABULARY],
    ...norm('decoder.ln'),
    ...layers.flatMap((layer) => block(`decoder.blocks.${layer}`, ['attn', 'cross_attn'])),
  ]
}

/**
 * The numbers that GGUF files use for how their weights are stored. Source: `llama_ftype` in llama.cpp's include/llama.h,
 * `ggml_type` and its sizes in ggml/include/ggml.h and gguf-py/gguf/constants.py, September 2026.
 */

/** `general.file_type`: names as llama.cpp's own quantiser spells them. */
const FILE_TYPES: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  // 4 to 6 and 33 to 35 are no longer supported, but old files have them.
  4: 'Q4_1 with F16',
  5: 'Q4_2',
  6: 'Q4_3',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  19: 'IQ2_XXS',
  20: 'IQ2_XS',
  21: 'Q2_K_S',
  22: 'IQ3_XS',
  23: 'IQ3_XXS',
  24: 'IQ1_S',
  25: 'IQ4_NL',
  26: 'IQ3_S',
  27: 'IQ3_M',
  28: 'IQ2_S',
  29: 'IQ2_M',
  30: 'IQ4_XS',
  31: 'IQ1_M',
  32: 'BF16',
  33: 'Q4_0_4_4',
  34: 'Q4_0_4_8',
  35: 'Q4_0_8_8',
  36: 'TQ1_0',
  37: 'TQ2_0',
  38: 'MXFP4_MOE',
  39: 'NVFP4',
  40: 'Q1_0',
  41: 'Q2_0',
}

/** Added to a file type that its writer only guessed. */
const GUESSED = 1024

/** The quantisation that `general.file_type` names; null for a number that is not known. */
export function fileTypeName(value: number): string | null {
  const type = value >= GUESSED ? value - GUESSED : value
  return Object.hasOwn(FILE_TYPES, type) ? (FILE_TYPES[type] ?? null) : null
}

export interface TensorType {
  readonly name: string
  /** Weights per block. */
  readonly weights: number
  /** Bytes per block. */
  readonly bytes: number
}

const TENSOR_TYPES: Readonly<Record<number, TensorType>> = {
  0: { name: 'F32', weights: 1, bytes: 4 },
  1: { name: 'F16', weights: 1, bytes: 2 },
  2: { name: 'Q4_0', weights: 32, bytes: 18 },
  3: { name: 'Q4_1', weights: 32, bytes: 20 },
  6: { name: 'Q5_0', weights: 32, bytes: 22 },
  7: { name: 'Q5_1', weights: 32, bytes: 24 },
  8: { name: 'Q8_0', weights: 32, bytes: 34 },
  // ggml itself counts 36 bytes a block, older versions 40: the smaller one, so that no whole file seems cut off.
  9: { name: 'Q8_1', weights: 32, bytes: 36 },
  10: { name: 'Q2_K', weights: 256, bytes: 84 },
  11: { name: 'Q3_K', weights: 256, bytes: 110 },
  12: { name: 'Q4_K', weights: 256, bytes: 144 },
  13: { name: 'Q5_K', weights: 256, bytes: 176 },
  14: { name: 'Q6_K', weights: 256, bytes: 210 },
  15: { name: 'Q8_K', weights: 256, bytes: 292 },
  16: { name: 'IQ2_XXS', weights: 256, bytes: 66 },
  17: { name: 'IQ2_XS', weights: 256, bytes: 74 },
  18: { name: 'IQ3_XXS', weights: 256, bytes: 98 },
  19: { name: 'IQ1_S', weights: 256, bytes: 50 },
  20: { name: 'IQ4_NL', weights: 32, bytes: 18 },
  21: { name: 'IQ3_S', weights: 256, bytes: 110 },
  22: { name: 'IQ2_S', weights: 256, bytes: 82 },
  23: { name: 'IQ4_XS', weights: 256, bytes: 136 },
  24: { name: 'I8', weights: 1, bytes: 1 },
  25: { name: 'I16', weights: 1, bytes: 2 },
  26: { name: 'I32', weights: 1, bytes: 4 },
  27: { name: 'I64', weights: 1, bytes: 8 },
  28: { name: 'F64', weights: 1, bytes: 8 },
  29: { name: 'IQ1_M', weights: 256, bytes: 56 },
  30: { name: 'BF16', weights: 1, bytes: 2 },
  34: { name: 'TQ1_0', weights: 256, bytes: 54 },
  35: { name: 'TQ2_0', weights: 256, bytes: 66 },
  39: { name: 'MXFP4', weights: 32, bytes: 17 },
  40: { name: 'NVFP4', weights: 64, bytes: 36 },
  41: { name: 'Q1_0', weights: 128, bytes: 18 },
  42: { name: 'Q2_0', weights: 64, bytes: 18 },
}

/** How a tensor's data are stored; null for a number that is not known. */
export function tensorType(value: number): TensorType | null {
  return Object.hasOwn(TENSOR_TYPES, value) ? (TENSOR_TYPES[value] ?? null) : null
}

/** The types of metadata values (`gguf_metadata_value_type`). */
export const valueType = {
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
} as const

const FIXED_SIZES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}

/** Bytes of a value of this type; null for a string, an array, and what is no type. */
export function fixedSize(type: number): number | null {
  return Object.hasOwn(FIXED_SIZES, type) ? (FIXED_SIZES[type] ?? null) : null
}

import { expect, it } from 'vitest'
import { fileTypeName, tensorType } from '../../../../src-main/services/gguf/types.ts'

it('names every file type that llama.cpp has or had', () => {
  const names = Array.from({ length: 42 }, (_, type) => fileTypeName(type))
  expect(names).not.toContain(null)
  expect(new Set(names).size).toBe(42)
  expect([0, 1, 2, 7, 15, 17, 18, 24, 30, 32, 38].map(fileTypeName)).toEqual(
    'F32 F16 Q4_0 Q8_0 Q4_K_M Q5_K_M Q6_K IQ1_S IQ4_XS BF16 MXFP4_MOE'.split(' '),
  )
})

it('names one that was guessed as well, and none that is to come', () => {
  expect(fileTypeName(1024 + 15)).toBe('Q4_K_M')
  expect([42, 1000, 1024 + 500, -1, 0.5].map(fileTypeName)).toEqual([null, null, null, null, null])
})

/** Bits per weight, as llama.cpp's documentation gives them. */
it.each([
  [0, 32],
  [1, 16],
  [2, 4.5],
  [3, 5],
  [6, 5.5],
  [7, 6],
  [8, 8.5],
  [10, 2.625],
  [11, 3.4375],
  [12, 4.5],
  [13, 5.5],
  [14, 6.5625],
  [16, 2.0625],
  [17, 2.3125],
  [18, 3.0625],
  [19, 1.5625],
  [20, 4.5],
  [21, 3.4375],
  [22, 2.5625],
  [23, 4.25],
  [29, 1.75],
  [30, 16],
  [34, 1.6875],
  [35, 2.0625],
  [39, 4.25],
  [40, 4.5],
  [41, 1.125],
  [42, 2.25],
])('knows that a tensor of type %i takes %f bits a weight', (type, bits) => {
  const { weights = 1, bytes = 0 } = tensorType(type) ?? {}
  expect((8 * bytes) / weights).toBe(bits)
})

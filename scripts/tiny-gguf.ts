import { parseArgs } from 'node:util'
import { writeTinyGguf } from '../test/support/tiny-gguf.ts'

// Writes a tiny model of random weights, to try a real model server with: npm run tiny-model -- model.gguf --seed 7
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    seed: { type: 'string', default: '1' },
    width: { type: 'string', default: '64' },
    layers: { type: 'string', default: '2' },
    weights: { type: 'string', default: 'F32' },
  },
})
const [file] = positionals
const { name, weights } = values
const seed = Number(values.seed)
const width = Number(values.width)
const layers = Number(values.layers)
const isPossible = Number.isInteger(seed) && width > 0 && width % 32 === 0 && Number.isInteger(layers) && layers > 0
if (file === undefined || !isPossible || (weights !== 'F32' && weights !== 'Q8_0')) {
  console.error(
    'Expected: tiny-gguf.ts FILE [--name NAME] [--seed N] [--width N, a multiple of 32] [--layers N] [--weights F32|Q8_0]',
  )
  process.exitCode = 1
} else {
  writeTinyGguf(file, { ...(name === undefined ? {} : { name }), seed, width, layers, weights })
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GgufFinder } from '../../src-main/services/gguf/gguf-finder.ts'
import { cleanUpProcesses } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { tinyGguf } from '../support/tiny-gguf.ts'
import { askModel } from './llama-http.ts'
import { llama, tryToLoad } from './real-llama.ts'
import { startServer } from './real-server.ts'

cleanUpProcesses()

const whole = tinyGguf()

function changed(at: number, byte: number): Buffer {
  const bytes = Buffer.from(whole)
  bytes[at] = byte
  return bytes
}

/** The 8 bytes that follow a name are its number or length. */
function positionAfter(name: string): number {
  return whole.indexOf(name) + name.length
}

/** What the app says of a model file before it is used is what the server finds out when it is. */
describe('of a model file, app and llama-server say the same:', () => {
  const files: Readonly<Record<string, [bytes: Buffer, loads: boolean]>> = {
    'a whole one': [whole, true],
    'one with something behind it': [Buffer.concat([whole, Buffer.alloc(100)]), true],
    'an empty one': [Buffer.alloc(0), false],
    'one that is no model': [Buffer.from('<!doctype html><title>Not found</title>'), false],
    'one that ends in its metadata': [whole.subarray(0, 3000), false],
    'one that ends between its tensors': [whole.subarray(0, whole.length / 2), false],
    'one that lacks its last bytes': [whole.subarray(0, whole.length - 64), false],
    'one of a version to come': [changed(4, 9), false],
    'one of the other byte order': [
      Buffer.concat([whole.subarray(0, 4), Buffer.from([0, 0, 0, 3]), whole.subarray(8)]),
      false,
    ],
    'one with a tensor of no dimensions that exist': [changed(positionAfter('output_norm.weight'), 9), false],
    'one with a property of no type that exists': [changed(positionAfter('general.architecture'), 99), false],
  }

  it.each(Object.entries(files))('%s', async (_name, [bytes, loads]) => {
    const file = join(temporaryDirectory(), 'model.gguf')
    writeFileSync(file, bytes)
    const { problem } = await new GgufFinder().read(file)
    const server = await tryToLoad(file)
    expect({ loads: server.loads, problem: problem === null }, `${problem} / ${server.words}`).toEqual({
      loads,
      problem: loads,
    })
  })

  it('its name, size, context and quantisation', async () => {
    const file = join(temporaryDirectory(), 'model.gguf')
    writeFileSync(file, tinyGguf({ name: 'A name', contextLength: 2048, weights: 'Q8_0' }))
    const view = await new GgufFinder().read(file)
    const { port } = await startServer(llama, ['-m', file])
    const { meta } = await askModel(port)
    expect(view).toMatchObject({ name: 'A name', architecture: 'llama', problem: null })
    expect(view.contextLength).toBe(meta.n_ctx_train)
    expect(view.quantisation).toBe(meta.ftype)
  })
})

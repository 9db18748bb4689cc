import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GgufFinder, type GgufFinderOptions } from '../../../../src-main/services/gguf/gguf-finder.ts'
import { type GgufTensor, type GgufValue, ggufBytes, text, uint32 } from '../../../support/gguf-bytes.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

interface Model {
  readonly name?: string
  readonly more?: readonly (readonly [string, GgufValue])[]
  readonly tensors?: readonly GgufTensor[]
}

const TENSOR: GgufTensor = { name: 'x.weight', dimensions: [64], type: 0, data: new Uint8Array(256) }

function modelBytes({ name, more = [], tensors = [TENSOR] }: Model = {}): Buffer {
  const named = name === undefined ? [] : ([['general.name', text(name)]] as const)
  return ggufBytes({ metadata: [['general.architecture', text('llama')], ...named, ...more], tensors })
}

function write(file: string, model: Model = {}): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, modelBytes(model))
  return file
}

/** A home directory, and who looks for models in it. */
function makeHome(options: GgufFinderOptions = {}) {
  const home = temporaryDirectory()
  const finder = new GgufFinder({ platform: 'linux', env: {}, home, ...options })
  return {
    home,
    finder,
    at: (...names: string[]) => join(home, ...names),
    names: async () => (await finder.scan({ refresh: true })).files.map(({ name }) => name),
  }
}

const part = (index: number, count = 3) => [
  ['split.no', uint32(index)] as const,
  ['split.count', { type: 'uint16', value: count } as GgufValue] as const,
]

describe('a scan', () => {
  it('finds the models of the usual folders, in the order of their names', async () => {
    const { finder, at } = makeHome()
    write(at('models', 'b.gguf'), { name: 'Model 10' })
    write(at('models', 'deep', 'er', 'a.GGUF'), { name: 'Model 9', more: [['general.file_type', uint32(15)]] })
    write(at('.lmstudio', 'models', 'publisher', 'repo', 'c.gguf'))
    write(at('Downloads', 'd.gguf'), { name: 'alone', more: [['llama.context_length', uint32(4096)]] })
    writeFileSync(at('models', 'readme.txt'), 'GGUF')
    expect(await finder.scan()).toEqual({
      files: [
        expect.objectContaining({ name: 'alone', contextLength: 4096, file: at('Downloads', 'd.gguf') }),
        expect.objectContaining({ name: 'c', architecture: 'llama', parts: 1, problem: null }),
        expect.objectContaining({ name: 'Model 9', quantisation: 'Q4_K_M' }),
        expect.objectContaining({
          name: 'Model 10',
          quantisation: 'F32',
          sizeBytes: modelBytes({ name: 'Model 10' }).length,
        }),
      ],
      folders: [at('models'), at('.lmstudio', 'models'), at('Downloads')],
      isComplete: true,
    })
  })

  it('finds nothing where there is nothing', async () => {
    expect(await makeHome().finder.scan()).toEqual({ files: [], folders: [], isComplete: true })
  })

  it('shows a split model once, with the size of all its parts', async () => {
    const { finder, at } = makeHome()
    let size = 0
    for (const index of [0, 1, 2]) {
      const file = write(at('models', `big-0000${index + 1}-of-00003.gguf`), { name: 'Big', more: part(index) })
      size += modelBytes({ name: 'Big', more: part(index) }).length
      expect((await finder.read(file)).file).toBe(at('models', 'big-00001-of-00003.gguf'))
    }
    const { files } = await finder.scan()
    expect(files).toEqual([expect.objectContaining({ name: 'Big', parts: 3, sizeBytes: size, problem: null })])
  })

  it('says which part of a model is missing, also if it is the first', async () => {
    const { finder, at } = makeHome()
    write(at('models', 'one-00002-of-00003.gguf'), { more: part(1) })
    write(at('models', 'one-00003-of-00003.gguf'), { more: part(2) })
    write(at('models', 'two-00001-of-00003.gguf'), { more: part(0) })
    const { files } = await finder.scan()
    expect(files.map(({ name, problem }) => `${name}: ${problem}`)).toEqual([
      'one: Of the 3 parts of one-00001-of-00003.gguf, part 1 is missing in its folder.',
      'two: Of the 3 parts of two-00001-of-00003.gguf, parts 2, 3 are missing in its folder.',
    ])
  })

  it('says so if a part is cut off, or does not belong there', async () => {
    const { finder, at } = makeHome()
    for (const index of [0, 1, 2]) write(at('models', `a-0000${index + 1}-of-00003.gguf`), { more: part(index) })
    truncateSync(at('models', 'a-00002-of-00003.gguf'), modelBytes({ more: part(1) }).length - 10)
    for (const index of [0, 1]) write(at('models', `b-0000${index + 1}-of-00002.gguf`), { more: part(index, 5) })
    const alone = write(at('models', 'c.gguf'), { more: part(1) })
    const { files } = await finder.scan()
    expect(files.map(({ problem }) => problem)).toEqual([
      'Part 2 is shorter than its header says: download it again.',
      'Part 1 says that there are 5 parts, its name says 2.',
      expect.stringContaining('is part 2 of 3, but is not called …-00002-of-00003.gguf'),
    ])
    expect((await finder.read(alone)).parts).toBe(1)
  })

  it('lists the snapshots of a Hugging Face cache, and one name of each file', async () => {
    const { finder, at, names } = makeHome()
    const repository = at('.cache', 'huggingface', 'hub', 'models--org--repo-GGUF')
    write(join(repository, 'blobs', 'abc123'), { name: 'Blob' })
    for (const revision of ['1111', '2222']) {
      mkdirSync(join(repository, 'snapshots', revision, 'Q4'), { recursive: true })
      symlinkSync('../../../blobs/abc123', join(repository, 'snapshots', revision, 'Q4', 'model-Q4.gguf'))
    }
    write(at('.cache', 'huggingface', 'hub', 'datasets--x', 'snapshots', '1', 'no.gguf'))
    const { files } = await finder.scan()
    expect(files.map(({ file }) => file)).toEqual([join(repository, 'snapshots', '1111', 'Q4', 'model-Q4.gguf')])
    expect(await names()).toEqual(['Blob'])
  })

  it('shows a model once that has several names', async () => {
    const { at, names } = makeHome()
    const file = write(at('models', 'one.gguf'))
    linkSync(file, at('models', 'second-name.gguf'))
    mkdirSync(at('Downloads'))
    symlinkSync(file, at('Downloads', 'third-name.gguf'))
    symlinkSync(at('models'), at('Models'))
    expect(await names()).toEqual(['one'])
  })

  it('is not caught in a circle of links, and passes by what leads nowhere', async () => {
    const { at, names } = makeHome()
    write(at('models', 'a', 'one.gguf'))
    symlinkSync(at('models'), at('models', 'a', 'up'))
    symlinkSync(at('models', 'loop'), at('models', 'loop'))
    symlinkSync(at('nowhere'), at('models', 'gone.gguf'))
    write(at('models', 'folder.gguf', 'two.gguf'))
    expect(await names()).toEqual(['one', 'two'])
  })

  it('looks into a folder once, however many links lead there', async () => {
    const { at, finder } = makeHome({ limits: { maxFolders: 3 } })
    write(at('models', 'a', 'one.gguf'))
    for (const name of ['b', 'c', 'd', 'e']) symlinkSync(at('models', 'a'), at('models', name))
    expect(await finder.scan()).toMatchObject({ files: [{ name: 'one' }], isComplete: true })
  })

  it('follows a link to a folder elsewhere', async () => {
    const { at, names } = makeHome()
    write(at('elsewhere', 'one.gguf'))
    symlinkSync(at('elsewhere'), at('models'))
    expect(await names()).toEqual(['one'])
  })

  it('looks only so deep, not into hidden folders, and at the top of downloads alone', async () => {
    const { at, names } = makeHome()
    write(at('models', '1', '2', '3', 'seen.gguf'))
    write(at('models', '1', '2', '3', '4', 'too-deep.gguf'))
    write(at('models', '.trash', 'hidden.gguf'))
    write(at('Downloads', 'folder', 'below.gguf'))
    expect(await names()).toEqual(['seen'])
  })

  it('is incomplete beyond a number of files, folders or names', async () => {
    for (const limits of [{ maxFiles: 2 }, { maxFolders: 1 }, { maxNames: 2 }]) {
      const { at, finder } = makeHome({ limits })
      for (const name of ['a', 'b', 'c']) write(at('models', name, `${name}.gguf`))
      const { files, isComplete } = await finder.scan()
      expect({ isComplete, few: files.length < 3 }, JSON.stringify(limits)).toEqual({ isComplete: false, few: true })
    }
  })

  it('never calls a part missing that it only did not get to', async () => {
    const { at, finder } = makeHome({ limits: { maxFiles: 2 } })
    for (const index of [0, 1, 2]) write(at('models', `a-0000${index + 1}-of-00003.gguf`), { more: part(index) })
    expect(await finder.scan()).toMatchObject({ files: [{ parts: 3, problem: null }], isComplete: false })
  })

  it('is incomplete when its time is over', async () => {
    const { at, finder } = makeHome({ limits: { maxMs: 0 } })
    write(at('models', 'one.gguf'))
    expect(await finder.scan()).toMatchObject({ files: [], isComplete: false })
  })

  it('is remembered until it is asked for anew', async () => {
    const { at, finder, names } = makeHome()
    write(at('models', 'one.gguf'))
    const first = await finder.scan()
    write(at('models', 'two.gguf'))
    expect(await finder.scan()).toBe(first)
    expect(await names()).toEqual(['one', 'two'])
    expect((await finder.scan()).files).toHaveLength(2)
  })

  it('looks once for all who ask at the same time', async () => {
    const { finder } = makeHome()
    const [one, other] = await Promise.all([finder.scan({ refresh: true }), finder.scan({ refresh: true })])
    expect(one).toBe(other)
  })

  it('reads a header again only after its file has changed', async () => {
    const { at, names } = makeHome()
    const time = new Date(1_700_000_000_000)
    const file = write(at('models', 'one.gguf'), { name: 'First' })
    utimesSync(file, time, time)
    expect(await names()).toEqual(['First'])
    write(file, { name: 'Other' })
    utimesSync(file, time, time)
    expect(await names()).toEqual(['First'])
    utimesSync(file, time, new Date(1_700_000_001_000))
    expect(await names()).toEqual(['Other'])
    rmSync(file)
    expect(await names()).toEqual([])
  })
})

describe('what a file is', () => {
  const { finder, at } = {
    finder: new GgufFinder({ folders: [] }),
    at: (name: string) => join(temporaryDirectory(), name),
  }
  const describeFile = async (model: Model) => await finder.read(write(at('model.gguf'), model))

  it('is said in its name, if it does not answer prompts', async () => {
    const architecture = (name: string): Model => ({ name: 'X', more: [['general.architecture', text(name)]] })
    const kind = (name: string): Model => ({ name: 'X', more: [['general.type', text(name)]] })
    const pooling = (value: number): Model => ({ name: 'X', more: [['llama.pooling_type', uint32(value)]] })
    const names = async (models: Model[]) => (await Promise.all(models.map(describeFile))).map(({ name }) => name)
    const projector = 'X (a projector for images or sound, used beside a model)'
    expect(await names([architecture('clip'), kind('mmproj')])).toEqual([projector, projector])
    expect(await names([kind('adapter'), kind('model'), kind('constructor')])).toEqual([
      'X (an adapter for another model)',
      'X',
      'X',
    ])
    expect(await names([pooling(0), pooling(1), pooling(4)])).toEqual(['X', 'X (for embeddings)', 'X (for ranking)'])
  })

  it('is a problem, if there are no weights in it', async () => {
    expect((await describeFile({ tensors: [] })).problem).toContain('vocabulary')
    expect((await describeFile({ more: [['general.type', text('imatrix')]] })).problem).toContain('no model')
  })

  it('is a problem, if it does not say it', async () => {
    const file = at('model.gguf')
    writeFileSync(file, ggufBytes({ metadata: [], tensors: [TENSOR] }))
    expect(await finder.read(file)).toMatchObject({ name: 'model', architecture: null, problem: expect.any(String) })
  })

  it('is a problem, if it is for other computers', async () => {
    const file = at('model.gguf')
    writeFileSync(file, ggufBytes({ isBigEndian: true, metadata: [['general.name', text('Big')]], tensors: [TENSOR] }))
    expect(await finder.read(file)).toMatchObject({ name: 'Big', problem: expect.stringContaining('big-endian') })
  })

  it('is one short line, whatever is written into it', async () => {
    const name = async (written: string) => (await describeFile({ name: written })).name
    expect(await name('  a\u0000b\r\n\tc\u001b[31m\u202Ed ')).toBe('a b c [31m d')
    expect(await name('\u200b \n')).toBe('model')
    expect((await name('long '.repeat(100))).length).toBeLessThanOrEqual(120)
  })

  it('is not known of a damaged one, but its size is', async () => {
    const file = write(at('cut-off.gguf'))
    truncateSync(file, 40)
    expect(await finder.read(file)).toEqual({
      file,
      name: 'cut-off',
      architecture: null,
      sizeBytes: 40,
      quantisation: null,
      contextLength: null,
      parts: 1,
      problem: 'The file ends inside its header: download it again.',
    })
    truncateSync(file, 0)
    expect((await finder.read(file)).problem).toBe('The file is empty.')
  })

  it('is told of one that lacks its end', async () => {
    const file = write(at('model.gguf'), { name: 'Nearly' })
    truncateSync(file, modelBytes({ name: 'Nearly' }).length - 1)
    expect(await finder.read(file)).toMatchObject({
      name: 'Nearly',
      problem: 'The file is shorter than its header says: download it again.',
    })
  })

  it('is a problem of what is no file at all', async () => {
    const folder = temporaryDirectory()
    for (const path of [join(folder, 'nothing.gguf'), folder]) {
      expect((await finder.read(path)).problem).toBe('There is no such file, or it may not be read.')
    }
    for (const path of ['relative.gguf', `${folder}/a\0b.gguf`, '']) {
      expect((await finder.read(path)).problem).toBe('This is no absolute path of a file.')
    }
  })

  it.runIf(process.platform !== 'win32')('is not waited for at a pipe', async () => {
    const pipe = at('pipe.gguf')
    execFileSync('mkfifo', [pipe])
    expect((await finder.read(pipe)).problem).toContain('no such file')
  })

  it('is not taken for a part because of a number that is none', async () => {
    for (const name of ['x-00004-of-00003.gguf', 'x-00000-of-00003.gguf', 'x-00001-of-99999.gguf', 'x-1-of-3.gguf']) {
      const file = write(at(name))
      expect(await finder.read(file), name).toMatchObject({
        file,
        parts: 1,
        name: basename(name, '.gguf'),
        problem: null,
      })
    }
  })

  it('stays the same when a file was renamed', async () => {
    const file = write(at('model.gguf'), { name: 'Same' })
    const other = join(dirname(file), 'renamed.gguf')
    renameSync(file, other)
    expect(await finder.read(other)).toMatchObject({ file: other, name: 'Same', problem: null })
    expect((await finder.read(file)).problem).toContain('no such file')
  })
})

import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'

// DESIGN.md, Layout: imports point one way. Biome's rules say so; this proves that they do what they are meant to.

const root = join(import.meta.dirname, '..', '..')

interface Sample {
  readonly file: string
  readonly imports: string
  readonly allowed: boolean
}

const sample = (file: string, imports: string, allowed: boolean): Sample => ({ file, imports, allowed })
const may = (file: string, ...specifiers: string[]) => specifiers.map((imports) => sample(file, imports, true))
const mayNot = (file: string, ...specifiers: string[]) => specifiers.map((imports) => sample(file, imports, false))

const samples: readonly Sample[] = [
  ...may('src-main/core/a.ts', './b.ts', 'zod'),
  ...mayNot(
    'src-main/core/a.ts',
    'electron',
    'node:fs',
    'fs',
    'execa',
    '../os/b.ts',
    '../manager/b.ts',
    '../../src-preload/contract/b.ts',
  ),
  ...may('src-main/os/a.ts', 'node:fs', 'execa', './b.ts', './processes/b.ts'),
  ...mayNot('src-main/os/a.ts', 'electron', 'electron/main', '../core/b.ts', '../logs/b.ts', '../manager/b.ts'),
  ...may('src-main/logs/a.ts', 'node:fs', '../core/b.ts', './b.ts'),
  ...mayNot('src-main/logs/a.ts', 'electron', '../os/b.ts', '../manager/b.ts', '../shell/b.ts'),
  ...may('src-main/services/a.ts', 'node:fs', '../core/b.ts', '../os/b.ts', './presets/b.ts'),
  ...mayNot('src-main/services/a.ts', 'electron', '../logs/b.ts', '../manager/b.ts', '../shell/b.ts'),
  ...mayNot('src-main/demo-server/a.ts', 'electron', '../core/b.ts', '../shell/b.ts'),
  ...may('src-main/manager/a.ts', 'node:fs', '../core/b.ts', '../os/b.ts', '../logs/b.ts', '../services/b.ts'),
  ...mayNot('src-main/manager/a.ts', 'electron', '../shell/b.ts', '../../src-renderer/b.ts'),
  ...may('src-main/shell/a.ts', 'electron', '../manager/b.ts', '../core/b.ts', '../../src-preload/contract/b.ts'),
  ...mayNot('src-main/shell/a.ts', '../main.ts', '../../src-renderer/b.ts', '../../src-preload/preload.ts'),
  ...may('src-preload/contract/a.ts', 'zod/mini', './b.ts'),
  ...mayNot('src-preload/contract/a.ts', 'electron', 'zod', '../preload.ts', '../../src-main/core/b.ts'),
  ...may('src-preload/a.ts', 'electron', './contract/b.ts'),
  ...mayNot('src-preload/a.ts', 'node:fs', '../src-main/core/b.ts', '../src-renderer/b.ts'),
  ...may('src-renderer/store/a.ts', 'react', '../ui/b.ts', '../../src-preload/contract/b.ts'),
  ...mayNot(
    'src-renderer/store/a.ts',
    'electron',
    'node:fs',
    '../../src-main/core/b.ts',
    '../../src-preload/preload.ts',
  ),
]

/** Each sample becomes a file of its own; Biome sees them all at once. Gives the message per refused file. */
async function lint(): Promise<ReadonlyMap<string, string>> {
  const directory = temporaryDirectory()
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(directory, file))
  samples.forEach(({ imports }, index) => {
    const file = join(directory, fileOf(index))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `import { thing } from '${imports}'\n\nthing()\n`)
  })
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.']
  return readReport(await run('@biomejs/biome/bin/biome', args, directory))
}

/** Standard output of a tool of this repository; that it finds something is no failure. */
function run(tool: string, args: readonly string[], cwd: string): Promise<string> {
  const command = [join(root, 'node_modules', tool), ...args]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stderr.includes('internalError') || (error !== null && stdout === '')) {
        reject(new Error(`${tool} did not work: ${stderr}`, { cause: error }))
      } else resolve(stdout)
    })
  })
}

/** The same folder, a name of its own. */
const fileOf = (index: number) => (samples[index]?.file ?? '').replace(/a\.ts$/, `a${index}.ts`)

function readReport(output: string): ReadonlyMap<string, string> {
  const report = JSON.parse(output.slice(output.indexOf('{'))) as {
    diagnostics: { category: string; message: unknown; location: { path: unknown }; advices?: unknown }[]
  }
  const refused = new Map<string, string>()
  for (const diagnostic of report.diagnostics) {
    if (diagnostic.category !== 'lint/style/noRestrictedImports') continue
    const { path } = diagnostic.location
    const file = typeof path === 'string' ? path : String((path as { file: string }).file)
    refused.set(file.replaceAll('\\', '/').replace(/^\.\//, ''), JSON.stringify(diagnostic))
  }
  return refused
}

describe('the layers', () => {
  it('may import what points inward, and nothing else', { timeout: 60_000 }, async () => {
    const refused = await lint()
    const wrong = samples.flatMap(({ file, imports, allowed }, index) => {
      const isRefused = refused.has(fileOf(index))
      return isRefused === allowed ? [`${file} ${isRefused ? 'is kept from importing' : 'may import'} ${imports}`] : []
    })
    expect(wrong).toEqual([])
    for (const message of refused.values()) expect(message).toMatch(/DESIGN\.md/)
  })
})

describe('the core', () => {
  it('compiles with the language alone: no Node, no DOM', { timeout: 60_000 }, async () => {
    const directory = temporaryDirectory()
    const outside = [
      'process.pid',
      'Buffer.from([])',
      'setTimeout(() => 0)',
      'console.log(1)',
      'document.title',
      "fetch('')",
    ]
    outside.forEach((expression, index) => {
      writeFileSync(join(directory, `outside${index}.ts`), `export const value = ${expression}\n`)
    })
    writeFileSync(
      join(directory, 'inside.ts'),
      'export const value = new Map([[1, structureOf({ a: 1 })]])\n\nfunction structureOf<T>(value: T): T {\n  return value\n}\n',
    )
    const config = {
      extends: join(root, 'src-main', 'core', 'tsconfig.json'),
      compilerOptions: { rootDir: '.', outDir: 'out', tsBuildInfoFile: 'out/a.tsbuildinfo' },
      include: ['*.ts'],
    }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
    const output = await run('typescript/bin/tsc', ['-p', '.', '--pretty', 'false'], directory)
    const files = new Set(
      output.split('\n').flatMap((line) => /^(\w+)\.ts\(.*error TS2(?:5[89]\d|304)/.exec(line)?.[1] ?? []),
    )
    expect(files).toEqual(new Set(outside.map((_expression, index) => `outside${index}`)))
  })
})

import { describe, expect, it } from 'vitest'
import { sectionOfProblem } from '../../../../src-renderer/features/setup/edit/sections.ts'
import {
  fileFacts,
  folderOf,
  formatContext,
  matchingFiles,
  typedPath,
} from '../../../../src-renderer/features/setup/fields/gguf-search.ts'
import { formOf } from '../../../../src-renderer/features/setup/form/entry-form.ts'
import { asSentence, fieldProblems } from '../../../../src-renderer/features/setup/form/field-problems.ts'
import { probeFields } from '../../../../src-renderer/features/setup/form/health-fields.ts'
import { hostKindOf, isOpenToNetwork } from '../../../../src-renderer/features/setup/form/host.ts'
import { moveTarget, neighbourOf } from '../../../../src-renderer/store/move-target.ts'
import { makeGguf } from './views.ts'

describe('problems of an entry', () => {
  const entry = { key: 'a:b', env: { A: '1' }, secrets: ['S'], args: { extraArgs: ['x'] } }
  const place = (...path: (string | number)[]) => {
    const [problem] = fieldProblems([{ path, message: 'm' }], entry, formOf(entry))
    return [problem?.field, problem?.row]
  }

  it('are led to their field, and to their row', () => {
    expect(place('args', 'port')).toEqual(['args.port', null])
    expect(place('args', 'extraArgs', 0)).toEqual(['args.extraArgs', 0])
    expect(place('health', 'readiness', 'path')).toEqual(['health.readiness.path', null])
    expect(place('env', 'A')).toEqual(['env', 0])
    expect(place('secrets', 0)).toEqual(['env', 1])
    expect(place('secrets')).toEqual(['env', null])
    expect(place('after', 2, 'key')).toEqual(['after', 2])
  })

  it('of no field keep their place in words', () => {
    expect(fieldProblems([{ path: ['later', 0], message: 'is bad' }], entry, formOf(entry))).toEqual([
      { field: '', row: null, message: 'later.0: is bad' },
    ])
    expect(place()).toEqual(['', null])
  })

  it('belong to a section of the form', () => {
    const fields = [
      'key',
      'args.port',
      'env',
      'health.readiness.path',
      'restart.policy',
      'stop.signal',
      'after',
      '',
    ] as const
    expect(fields.map((field) => sectionOfProblem({ field, row: null, message: '' }))).toEqual([
      'general',
      'address',
      'environment',
      'health',
      'restart',
      'stop',
      'after',
      'general',
    ])
  })

  it('are sentences beside a field', () => {
    expect(asSentence('expected a port, got 0')).toBe('Expected a port, got 0.')
    expect(asSentence('is missing; give one', 'Program')).toBe('Program is missing; give one.')
    expect(asSentence('did you mean "demo"?')).toBe('Did you mean "demo"?')
  })
})

describe('probe fields', () => {
  const fields = (health: Record<string, unknown>) => {
    const { texts, lists } = formOf({ key: 'a:b', health })
    return probeFields('health', texts, lists)
  }

  it('are those of the type', () => {
    expect(fields({})).toEqual(['path', 'expectBody'])
    expect(fields({ type: 'log' })).toEqual(['logText', 'logPattern'])
    expect(fields({ type: 'tcp' })).toEqual([])
  })

  it('and those that are filled all the same', () => {
    expect(fields({ type: 'tcp', path: '/x', command: ['a'] })).toEqual(['path', 'command'])
  })
})

describe('addresses', () => {
  it.each([
    ['', 'machine', false],
    ['127.0.0.1', 'machine', false],
    ['0.0.0.0', 'network', true],
    ['::1', 'other', false],
    ['LOCALHOST', 'other', false],
    ['127.9.9.9', 'other', false],
    ['::', 'other', true],
    ['192.168.1.5', 'other', true],
    ['127.evil.example', 'other', true],
  ])('"%s" means %s, open: %s', (host, kind, isOpen) => {
    expect(hostKindOf(host)).toBe(kind)
    expect(isOpenToNetwork(host)).toBe(isOpen)
  })
})

describe('model files', () => {
  const coder = makeGguf({ name: 'Qwen3 Coder', file: '/m/qwen.gguf', quantisation: 'Q4_K_M', architecture: 'qwen3' })
  const gemma = makeGguf({ name: 'Gemma', file: '/big/gemma-12b.gguf' })

  it('are found by all the words that are typed', () => {
    expect(matchingFiles([coder, gemma], 'q4 coder')).toEqual([coder])
    expect(matchingFiles([coder, gemma], 'GEMMA 12b')).toEqual([gemma])
    expect(matchingFiles([coder, gemma], ' ')).toEqual([coder, gemma])
    expect(matchingFiles([coder, gemma], 'coder gemma')).toEqual([])
  })

  it('may be named by a path', () => {
    expect(typedPath(' /home/a/x.gguf ')).toBe('/home/a/x.gguf')
    expect(typedPath('"C:\\models\\x.gguf"')).toBe('C:\\models\\x.gguf')
    expect(typedPath('\\\\nas\\x.gguf')).toBe('\\\\nas\\x.gguf')
    expect(typedPath('qwen 3')).toBeNull()
    expect(typedPath('/')).toBeNull()
  })

  it('say what matters', () => {
    expect(fileFacts(makeGguf({ quantisation: 'Q4_K_M', contextLength: 32768, parts: 3 }))).toBe(
      '1.0 GB, Q4_K_M, 32K context, 3 parts',
    )
    expect(formatContext(5000)).toBe('5000')
    expect(folderOf('C:\\models\\x.gguf')).toBe('C:\\models')
  })
})

describe('moving a service', () => {
  const order = ['a', 'b', 'c', 'd']

  it('goes over the neighbour that is shown', () => {
    expect(moveTarget(order, order, 'c', -1)).toEqual({ before: 'b' })
    expect(moveTarget(order, order, 'b', 1)).toEqual({ before: 'd' })
    expect(moveTarget(order, order, 'c', 1)).toEqual({ before: null })
    expect(moveTarget(order, ['a', 'c'], 'a', 1)).toEqual({ before: 'd' })
    expect(moveTarget(order, ['a', 'd'], 'd', -1)).toEqual({ before: 'a' })
  })

  it('ends at the ends', () => {
    expect(moveTarget(order, order, 'a', -1)).toBeNull()
    expect(moveTarget(order, order, 'd', 1)).toBeNull()
    expect(moveTarget(order, order, 'x', 1)).toBeNull()
  })

  it('leaves a neighbour to look at when it goes', () => {
    expect(neighbourOf(order, 'b')).toBe('c')
    expect(neighbourOf(order, 'd')).toBe('c')
    expect(neighbourOf(['a'], 'a')).toBeNull()
    expect(neighbourOf(order, 'x')).toBeNull()
  })
})

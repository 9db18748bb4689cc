import { expect, it } from 'vitest'
import { parseVersion } from '../../../../src-main/services/detection/program-version.ts'

it.each([
  ['ollama version is 0.9.3\n', '0.9.3'],
  ['ollama version is 0.9.3\nWarning: client version is 0.12.0\n', '0.12.0'],
  ['Warning: could not connect to a running Ollama instance\nWarning: client version is 0.12.0-rc1\n', '0.12.0-rc1'],
  ['version: 0.7.0 (build 11669, commit Debian)\nbuilt with GNU 16.2.0 for Linux x86_64\n', '0.7.0'],
  ['version: 5904 (8f22dc0a)\nbuilt with cc (Ubuntu 13.3.0-6ubuntu2) 13.3.0 for x86_64-linux-gnu\n', 'b5904'],
  [
    'ggml_cuda_init: found 1 CUDA devices:\n  Device 0: NVIDIA GeForce RTX 3090, compute capability 8.6, VMM: yes\nversion: 5904 (8f22dc0a)\n',
    'b5904',
  ],
  ['  Device 0: compute capability 8.6\nversion: v1.2.3\n', '1.2.3'],
  ['Device 0: compute capability 8.6\nsome-server version v2.0.1+cu128\n', '2.0.1+cu128'],
  ['llamafile v0.9.3', '0.9.3'],
  ['1.2.3.4', '1.2.3.4'],
  ['It is 0.5.1. Enjoy.', '0.5.1'],
  ['', null],
  ['no number', null],
  ['version: 7', null],
  ['42', null],
  ['\u0000\ufffd\u001b[31m', null],
])('reads %j as %s', (output, version) => {
  expect(parseVersion(output)).toBe(version)
})

it('takes a time that does not grow faster than what is printed', () => {
  // Quadratic, this would take minutes and end the test.
  expect(parseVersion('1.'.repeat(32_000))).toMatch(/^1(\.1)+/)
  expect(parseVersion('version '.repeat(8_000))).toBeNull()
  expect(parseVersion('1'.repeat(64_000))).toBeNull()
})

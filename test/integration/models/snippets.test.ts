import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { makeSnippets } from '../../../src-main/services/try/snippets.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { json, scriptedServer } from './scripted-server.ts'

const run = promisify(execFile)

/** Names that a server could give its models to make a person run something else. */
const hostile = [
  'qwen3:8b',
  `it's "quoted" \\ and 'again'`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
  '$(touch pwned) `touch pwned` ${HOME} $HOME %PATH% !!',
  '"); import os; os.abort(); ("',
  "'; touch pwned; '",
  'line\nbreak\r\ttab\u2028\u2029\u0000nul',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it must not become one
  '</script>${process.exit(1)}`',
  'Größe 模型 🦙',
  '-d @/etc/passwd',
]

const answer = { choices: [{ message: { content: 'hello' }, delta: { content: 'hello' } }] }

/** Runs a snippet against a server and gives the request it got. */
async function sentBy(language: 'curl' | 'javascript' | 'python', model: string | null, key: string | null = null) {
  const { port, requests } = await scriptedServer((response, { path }) =>
    json(response, 200, path === '/v1/models' ? { object: 'list', data: [{ id: 'first' }] } : answer),
  )
  const snippets = makeSnippets(
    { baseUrl: `http://127.0.0.1:${port}/v1`, model, keyVariable: key === null ? null : 'MY_API_KEY' },
    'linux',
  )
  const folder = temporaryDirectory()
  const env = { PATH: process.env.PATH ?? '', ...(key === null ? {} : { MY_API_KEY: key }) }
  const options = { cwd: folder, env, timeout: 20_000 }
  let stdout = ''
  if (language === 'curl') {
    stdout = (await run('sh', ['-c', snippets.curl], options)).stdout
  } else if (language === 'javascript') {
    writeFileSync(join(folder, 'snippet.mjs'), snippets.javascript)
    stdout = (await run(process.execPath, ['snippet.mjs'], options)).stdout
  } else {
    // The SDK is not installed here: this has what the snippet uses of it.
    writeFileSync(join(folder, 'openai.py'), fakeSdk)
    writeFileSync(join(folder, 'snippet.py'), snippets.python)
    stdout = (await run('python3', ['snippet.py'], { ...options, env: { ...env, PYTHONPATH: folder } })).stdout
  }
  const request = requests.at(-1)
  return { stdout, request, body: JSON.parse(request?.body ?? 'null') }
}

const fakeSdk = `
import json, urllib.request
from types import SimpleNamespace as N

class OpenAI:
    def __init__(self, base_url, api_key):
        self.base_url, self.api_key = base_url, api_key
        self.models = N(list=lambda: N(data=[N(id="first")]))
        self.chat = N(completions=N(create=self.create))

    def create(self, **body):
        request = urllib.request.Request(self.base_url + "/chat/completions", json.dumps(body).encode(), {
            "Content-Type": "application/json", "Authorization": "Bearer " + self.api_key})
        urllib.request.urlopen(request).read()
        return [N(choices=[]), N(choices=[N(delta=N(content="hello"))])]
`

async function hasProgram(name: string): Promise<boolean> {
  return run(name, ['--version']).then(
    () => true,
    () => false,
  )
}

const isPosix = process.platform !== 'win32'
const hasCurl = isPosix && (await hasProgram('curl'))
const hasPython = await hasProgram('python3')

const messages = [{ role: 'user', content: 'Say hello.' }]

describe('a snippet sends what it says, whatever the model is called', () => {
  it.runIf(hasCurl).each(hostile)('curl: %j', async (model) => {
    const { body, request, stdout } = await sentBy('curl', model)
    expect(body).toEqual({ model, messages })
    expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions', authorization: undefined })
    expect(JSON.parse(stdout)).toEqual(answer)
  })

  it.each(hostile)('JavaScript: %j', async (model) => {
    const { body, stdout } = await sentBy('javascript', model)
    expect(body).toEqual({ model, messages })
    expect(stdout).toBe('hello\n')
  })

  it.runIf(hasPython).each(hostile)('Python: %j', async (model) => {
    const { body, stdout } = await sentBy('python', model)
    expect(body).toEqual({ model, messages, stream: true })
    expect(stdout).toBe('hello')
  })
})

describe('a snippet without a model', () => {
  it.runIf(hasCurl)('leaves it out in curl', async () => {
    expect((await sentBy('curl', null)).body).toEqual({ messages })
  })

  it('leaves it out in JavaScript', async () => {
    expect((await sentBy('javascript', null)).body).toEqual({ messages })
  })

  it.runIf(hasPython)('takes the first in Python', async () => {
    expect((await sentBy('python', null)).body).toMatchObject({ model: 'first' })
  })
})

describe('a key', () => {
  it.runIf(hasCurl)('comes from its variable in curl', async () => {
    expect((await sentBy('curl', 'm', 'a "b" $c')).request?.authorization).toBe('Bearer a "b" $c')
  })

  it('comes from its variable in JavaScript', async () => {
    expect((await sentBy('javascript', 'm', 'a "b" $c')).request?.authorization).toBe('Bearer a "b" $c')
  })

  it.runIf(hasPython)('comes from its variable in Python', async () => {
    expect((await sentBy('python', 'm', 'a "b" $c')).request?.authorization).toBe('Bearer a "b" $c')
  })
})

it.runIf(isPosix)('curl gets each argument whole', async () => {
  const folder = temporaryDirectory()
  const fake = join(folder, 'curl')
  writeFileSync(fake, '#!/bin/sh\nfor argument in "$@"; do printf "%s\\0" "$argument"; done\n')
  chmodSync(fake, 0o755)
  const model = hostile.join(' ').replaceAll('\u0000', '')
  const { curl } = makeSnippets({ baseUrl: 'http://[::1]:1/v1', model, keyVariable: 'MY_KEY' }, 'darwin')
  const env = { PATH: [folder, process.env.PATH].join(delimiter), MY_KEY: 'k' }
  const { stdout } = await run('sh', ['-c', curl], { cwd: folder, env })
  expect(stdout.split('\0')).toEqual([
    'http://[::1]:1/v1/chat/completions',
    '-H',
    'Authorization: Bearer k',
    '-H',
    'Content-Type: application/json',
    '-d',
    JSON.stringify({ model, messages }),
    '',
  ])
})

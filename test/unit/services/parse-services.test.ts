import { describe, expect, it } from 'vitest'
import { parseServices } from '../../../src-main/services/parse-services.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'

const parse = (text: string) => parseServices(text, '/config/services.json', presets)

/** Problems as `line:column message`. */
function problems(text: string): string[] {
  const parsed = parse(text)
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

/** One service as the person wrote it, in line 4 of the file. */
const withService = (service: string) => `{
  "version": 1,
  "services": [
    ${service}
  ]
}`

describe('syntax', () => {
  it.each([
    ['an empty file', ' \n', ['1:1 the file is empty; expected at least {"version": 1, "services": []}']],
    [
      'comments, each of them',
      '{\n  // one\n  "version": 1, /* two */\n  "services": []\n}',
      [
        '2:3 comments are not allowed here (strict JSON); remove it',
        '3:17 comments are not allowed here (strict JSON); remove it',
      ],
    ],
    [
      'trailing commas',
      '{\n  "version": 1,\n  "services": [\n    {"key": "a:b", "preset": "demo",},\n  ],\n}',
      [
        '4:36 a comma after the last item is not allowed; remove it',
        '4:38 a comma after the last item is not allowed; remove it',
        '5:4 a comma after the last item is not allowed; remove it',
      ],
    ],
    [
      'a comment and a wrong value',
      '{ "version": 1, "services": 5 /* none */ }',
      ['1:29 services: expected a list in [ ], got 5', '1:31 comments are not allowed here (strict JSON); remove it'],
    ],
    ['a truncated object', '{"version": 1, "services": [', ['1:29 the file ends too early: expected "]"']],
    ['a truncated list', '{"version": 1,\n "services": []\n', ['2:16 the file ends too early: expected "}"']],
    ['a truncated value', '{"version": ', ['1:12 the file ends too early: expected a value']],
    [
      'a truncated key',
      '{"version": 1, "serv',
      ['1:16 the text that begins here has no closing double quote in its line'],
    ],
    [
      'a text over two lines',
      '{"version": "1\n"}',
      ['1:13 the text that begins here has no closing double quote in its line'],
    ],
    [
      'a missing comma',
      '{"version": 1\n "services": []}',
      ['2:2 expected "," or the end of the object or list before "\\"services\\""'],
    ],
    ['a missing colon', '{"version" 1}', ['1:12 expected ":" between the key and its value, got "1"']],
    ['a key without quotes', '{version: 1}', ['1:2 expected a value or a key in double quotes, got "version"']],
    ['single quotes', "{'version': 1}", ['1:2 expected double quotes, got single quotes']],
    ['a second document', '{"version": 1, "services": []}\n{}', ['2:1 expected the end of the file, got "{"']],
    ['a bracket too many', '{"version": 1]}', ['1:14 expected "," or the end of the object or list before "]"']],
    ['only a bracket', ']', ['1:1 expected a value, got "]"']],
    ['a leading zero', '{"version": 01}', ['1:14 expected "," or the end of the object or list before "1"']],
    ['half a number', '{"version": 1.}', ['1:13 expected a number, got "1."']],
    ['NaN', '{"version": NaN}', ['1:13 expected a value or a key in double quotes, got "NaN"']],
    [
      'a Windows path',
      '{"$schema": "C:\\models"}',
      ['1:13 this text has a backslash that begins no known escape; write a backslash as \\\\'],
    ],
    [
      'a broken escape',
      '{"$schema": "\\u12"}',
      ['1:13 this text has \\u without four hexadecimal digits; write a backslash as \\\\'],
    ],
    [
      'a tab in a text',
      '{"$schema": "a\tb"}',
      ['1:13 a control character is not allowed in a text; write a tab as \\t'],
    ],
    [
      'a comment without end',
      '{"version": 1, "services": []} /*',
      ['1:32 comments are not allowed here (strict JSON); remove it'],
    ],
    ['endless nesting', '['.repeat(200_000), ['1:1 the file: lists or objects are nested too deeply']],
    [
      'a key given twice',
      '{\n  "version": 1,\n  "services": [],\n  "version": 1\n}',
      ['4:3 version: the key "version" is given twice, also in line 2; keep one'],
    ],
    [
      '__proto__',
      '{"version": 1, "services": [], "__proto__": {}}',
      ['1:32 __proto__: this key is not allowed; remove it'],
    ],
  ])('reports %s', (_what, text, expected) => {
    expect(problems(text)).toEqual(expected)
  })

  it('shows no more than the beginning of what may be a secret', () => {
    expect(problems(withService('{"key": "a:b", "env": {"API_KEY": sk-veryverysecret}}')).join()).not.toContain(
      'secret',
    )
  })

  it('counts lines that end with CR LF, or with CR alone', () => {
    expect(problems('{\r\n  "version": 1,\r\n  "services": 5}')).toEqual([
      '3:15 services: expected a list in [ ], got 5',
    ])
    expect(problems('{\r  "version": 1,\r  "services": 5}')).toEqual(['3:15 services: expected a list in [ ], got 5'])
  })
})

describe('values', () => {
  it.each([
    [
      '{"key": "a:b", "args": {"port": 70000}}',
      '4:37 services[0].args.port: expected a whole number from 1 to 65535, got 70000',
    ],
    [
      '{"key": "a:b", "args": {"port": 80.5}}',
      '4:37 services[0].args.port: expected a whole number from 1 to 65535, got 80.5',
    ],
    [
      '{"key": "a:b", "args": {"port": "8080"}}',
      '4:37 services[0].args.port: expected a whole number from 1 to 65535, got "8080"; write it without quotes',
    ],
    [
      '{"key": "a:b", "args": {"port": {}}}',
      '4:37 services[0].args.port: expected a whole number from 1 to 65535, got an object',
    ],
    [
      '{"key": "a:b", "args": {"port": null}}',
      '4:37 services[0].args.port: expected a whole number from 1 to 65535, got null',
    ],
    [
      '{"key": "a:b", "args": {"host": "http://x"}}',
      '4:37 services[0].args.host: must be a host name or an IP address, without "http://" and without a port, got "http://x"',
    ],
    [
      '{"key": "a:b", "args": {"extraArgs": ["-c", 4096]}}',
      '4:49 services[0].args.extraArgs[1]: expected a text in double quotes, got 4096; write it in double quotes',
    ],
    [
      '{"key": "a:b", "args": {"extraArgs": "-c 4096"}}',
      '4:42 services[0].args.extraArgs: expected a list in [ ] of texts in double quotes, got "-c 4096"',
    ],
    [
      '{"key": "a:b", "args": {"extraArgs": ["a\\u0000"]}}',
      '4:43 services[0].args.extraArgs[0]: must not contain a NUL character, got "a\\u0000"',
    ],
    [
      '{"key": "Ollama"}',
      '4:13 services[0].key: must look like <server>:<name>, for example "ollama:main", got "Ollama"',
    ],
    ['{"preset": "demo"}', '4:5 services[0].key: is missing; expected a text of at most 100 characters'],
    [
      '{"key": "a:b", "name": ""}',
      '4:28 services[0].name: expected a non-empty text of at most 100 characters, got ""',
    ],
    [
      '{"key": "a:b", "autoStart": "true"}',
      '4:33 services[0].autoStart: expected true or false, got "true"; write it without quotes',
    ],
    [
      '{"key": "a:b", "restart": {"policy": "never"}}',
      '4:42 services[0].restart.policy: expected one of "no", "on-failure" or "always", got "never"',
    ],
    ['{"key": "a:b", "stop": 5}', '4:28 services[0].stop: expected an object in { }, got 5'],
    [
      '{"key": "a:b", "stop": {"graceSeconds": -1}}',
      '4:45 services[0].stop.graceSeconds: expected a number from 0 to 86400, got -1',
    ],
    [
      '{"key": "a:b", "stop": {"graceSeconds": 1e999}}',
      '4:45 services[0].stop.graceSeconds: expected a number from 0 to 86400, got 1e999',
    ],
    [
      '{"key": "a:b", "stop": {"signal": "SIGKILL"}}',
      '4:39 services[0].stop.signal: expected one of "SIGTERM", "SIGINT", "SIGQUIT" or "SIGHUP", got "SIGKILL"',
    ],
    [
      '{"key": "a:b", "stop": {"command": "killall x"}}',
      '4:40 services[0].stop.command: expected a list in [ ] of texts in double quotes, got "killall x"',
    ],
    ['{"key": "a:b", "health": {"path": "health"}}', '4:39 services[0].health.path: must start with "/", got "health"'],
    [
      '{"key": "a:b", "env": {"MY-VAR": "1"}}',
      '4:28 services[0].env["MY-VAR"]: the key must be the name of an environment variable',
    ],
    [
      '{"key": "a:b", "env": {"TOKEN": 12345}}',
      '4:37 services[0].env.TOKEN: expected a text in double quotes, got a number; write it in double quotes',
    ],
    ['"ollama"', '4:5 services[0]: expected an object in { }, got "ollama"'],
  ])('%s', (service, expected) => {
    expect(problems(withService(service))).toEqual([expected])
  })

  it('never shows the value of a variable', () => {
    const text = problems(withService('{"key": "a:b", "env": {"TOKEN": 12345, "OTHER": "sec\\u0000ret"}}')).join()
    expect(text).not.toContain('12345')
    expect(text).not.toContain('ret"')
  })

  it('shortens a long value', () => {
    expect(problems(`{"version": 1, "services": "${'x'.repeat(500)}"}`)).toEqual([
      `1:28 services: expected a list in [ ], got "${'x'.repeat(56)}...`,
    ])
  })

  it('reports the whole file if it is something else', () => {
    expect(problems('[]')).toEqual(['1:1 the file: expected an object in { }, got a list'])
    expect(problems('{}')).toEqual([
      '1:1 version: is missing; expected 1; add "version": 1',
      '1:1 services: is missing; expected a list in [ ]',
    ])
  })

  it('reports only a version newer than it knows', () => {
    expect(problems('{"version": 2, "machines": []}')).toEqual([
      '1:13 version: the file has version 2, this app knows version 1; update the app',
    ])
    expect(problems('{"version": 0, "services": []}')).toEqual(['1:13 version: expected 1, got 0'])
    expect(problems('{"version": "1", "services": []}')).toEqual([
      '1:13 version: expected 1, got "1"; write it without quotes',
    ])
  })

  it('reports everything at once, in the order of the file', () => {
    const text = withService(
      '{"key": "a:b", "preset": "demo", "args": {"port": 0}, "autostart": true},\n    {"key": "a:b", "restart": {"policy": 1}}',
    )
    expect(problems(text)).toEqual([
      '4:55 services[0].args.port: expected a whole number from 1 to 65535, got 0',
      '4:59 services[0].autostart: unknown key; did you mean "autoStart"?',
      '5:13 services[1].key: "a:b" is already the key of services[0] in line 4; give each service its own',
      '5:42 services[1].restart.policy: expected one of "no", "on-failure" or "always", got 1',
    ])
  })

  it('counts what is too much to list', () => {
    const keys = Array.from({ length: 60 }, (_, index) => `"unknown${index}": 1`).join(', ')
    const found = problems(`{"version": 1, "services": [], ${keys}}`)
    expect(found).toHaveLength(51)
    expect(found.at(-1)).toBe('null:null and 10 more problems')
  })
})

describe('keys', () => {
  it.each([
    ['{"key": "a:b", "autostart": true}', '4:20 services[0].autostart: unknown key; did you mean "autoStart"?'],
    ['{"key": "a:b", "auto_start": true}', '4:20 services[0].auto_start: unknown key; did you mean "autoStart"?'],
    ['{"key": "a:b", "binname": "x"}', '4:20 services[0].binname: unknown key; did you mean "binName"?'],
    ['{"key": "a:b", "port": 8080}', '4:20 services[0].port: unknown key here; it belongs inside "args"'],
    ['{"key": "a:b", "args": {"prot": 8080}}', '4:29 services[0].args.prot: unknown key; did you mean "port"?'],
    [
      '{"key": "a:b", "args": {"model": "x"}}',
      '4:29 services[0].args.model: unknown key; known here: "host", "port" and "extraArgs"',
    ],
  ])('%s', (service, expected) => {
    expect(problems(withService(service))).toEqual([expected])
  })

  it('takes keys that differ only in case for duplicates', () => {
    const text = withService('{"key": "a:Main", "preset": "demo"},\n    {"key": "a:main", "preset": "demo"}')
    expect(problems(text)).toEqual([
      '5:13 services[1].key: "a:main" differs only in case from "a:Main", the key of services[0] in line 4; give each service its own',
    ])
  })
})

describe('presets', () => {
  it.each([
    [
      '{"key": "a:b", "preset": "olama"}',
      '4:30 services[0].preset: expected one of "comfyui", "custom", "demo", "koboldcpp", "llamacpp", "llamafile", "lmstudio", "localai", "mlx", "ollama", "open-webui", "sglang", "textgen", "vllm" or "whisper", got "olama"; did you mean "ollama"?',
    ],
    [
      '{"key": "a:b", "preset": "constructor"}',
      '4:30 services[0].preset: expected one of "comfyui", "custom", "demo", "koboldcpp", "llamacpp", "llamafile", "lmstudio", "localai", "mlx", "ollama", "open-webui", "sglang", "textgen", "vllm" or "whisper", got "constructor"',
    ],
    [
      '{"key": "a:b"}',
      '4:5 services[0].binName: is missing; the preset "custom" needs the program to run: a name in PATH or an absolute path',
    ],
    [
      '{"key": "a:b", "binName": "x", "cwd": "models"}',
      '4:43 services[0].cwd: expected an absolute path, got "models"',
    ],
    [
      '{"key": "a:b", "binName": "x", "cwd": "~/models"}',
      '4:43 services[0].cwd: expected an absolute path, got "~/models"; write the whole path, ~ is not replaced',
    ],
    [
      '{"key": "a:b", "binName": "x", "health": {"type": "http"}}',
      '4:55 services[0].health.type: a probe of type "http" needs a port; add "port" to "args", or use "type": "none"',
    ],
    [
      '{"key": "a:b", "binName": "x", "health": {"path": "/"}}',
      '4:55 services[0].health.path: a probe of type "http" needs a port; add "port" to "args", or use "type": "none"',
    ],
    [
      '{"key": "a:b", "preset": "demo", "health": {"type": "tcp", "path": "/x"}}',
      '4:64 services[0].health.path: has no effect with "type": "tcp"; remove it, or use "type": "http"',
    ],
    [
      '{"key": "a:b", "binName": "x", "args": {"extraArgs": ["-p", "{port}"]}}',
      '4:65 services[0].args.extraArgs[1]: {port} is used, but the service has no port; add "port" to "args"',
    ],
    [
      '{"key": "a:b", "preset": "llamacpp", "args": {"extraArgs": ["--port", "1"]}}',
      '4:65 services[0].args.extraArgs[0]: --port comes from "host" and "port" in "args"; change those instead',
    ],
    [
      '{"key": "a:b", "preset": "ollama", "env": {"OLLAMA_HOST": "0.0.0.0"}}',
      '4:48 services[0].env.OLLAMA_HOST: OLLAMA_HOST comes from "host" and "port" in "args"; change those instead',
    ],
  ])('%s', (service, expected) => {
    expect(problems(withService(service))).toEqual([expected])
  })
})

it('gives entries and definitions in the order of the file', () => {
  const parsed = parse(withService('{"key": "z:1", "preset": "ollama"},\n{"key": "a:1", "preset": "demo"}'))
  expect(parsed.ok && parsed.entries.map(({ key }) => key)).toEqual(['z:1', 'a:1'])
  expect(parsed.ok && parsed.definitions.map(({ key, port }) => [key, port])).toEqual([
    ['z:1', 11_434],
    ['a:1', 11_555],
  ])
})

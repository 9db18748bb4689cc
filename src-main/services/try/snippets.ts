/** What a snippet speaks to. */
export interface SnippetSubject {
  /** Of the OpenAI-compatible API, e.g. `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string
  /** Null: the server's own choice, or its first. */
  readonly model: string | null
  /** The environment variable that has the key; null: it needs none. The key itself is never in a snippet. */
  readonly keyVariable: string | null
}

/** As in src-preload/contract/models-view.ts. */
export interface Snippets {
  readonly baseUrl: string
  readonly curl: string
  readonly python: string
  readonly javascript: string
}

const PROMPT = 'Say hello.'

/** Snippets to be copied. The one for curl is for PowerShell on Windows, else for a POSIX shell. */
export function makeSnippets(subject: SnippetSubject, platform: NodeJS.Platform = process.platform): Snippets {
  return {
    baseUrl: subject.baseUrl,
    curl: platform === 'win32' ? powershell(subject) : posixShell(subject),
    python: python(subject),
    javascript: javascript(subject),
  }
}

const messages = [{ role: 'user', content: PROMPT }]

function body({ model }: SnippetSubject): string {
  return JSON.stringify({ ...(model === null ? {} : { model }), messages })
}

/** In single quotes nothing but the single quote itself has a meaning. */
const shellQuoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

function posixShell(subject: SnippetSubject): string {
  const { baseUrl, keyVariable } = subject
  return [
    `curl ${shellQuoted(`${baseUrl}/chat/completions`)}`,
    ...(keyVariable === null ? [] : [`-H "Authorization: Bearer $${keyVariable}"`]),
    "-H 'Content-Type: application/json'",
    `-d ${shellQuoted(body(subject))}`,
  ].join(' \\\n  ')
}

/** Windows PowerShell loses quotes in arguments of programs and all but ASCII in pipes: so ASCII through a pipe. */
function powershell(subject: SnippetSubject): string {
  const { baseUrl, keyVariable } = subject
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
  const call = [
    `curl.exe ${quoted(`${baseUrl}/chat/completions`)}`,
    ...(keyVariable === null ? [] : [`-H "Authorization: Bearer $env:${keyVariable}"`]),
    "-H 'Content-Type: application/json'",
    "--data-binary '@-'",
  ].join(' `\n  ')
  return `${quoted(inAscii(body(subject)))} | ${call}`
}

/** JSON has an escape for every UTF-16 unit. */
function inAscii(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A JSON string is a string literal of JavaScript and of Python too. */
const literal = (text: string) => JSON.stringify(text)

function python({ baseUrl, model, keyVariable }: SnippetSubject): string {
  return [
    ...(keyVariable === null ? [] : ['import os', '']),
    'from openai import OpenAI',
    '',
    'client = OpenAI(',
    `    base_url=${literal(baseUrl)},`,
    `    api_key=${keyVariable === null ? '"not-needed"' : `os.environ[${literal(keyVariable)}]`},`,
    ')',
    'stream = client.chat.completions.create(',
    `    model=${model === null ? 'client.models.list().data[0].id' : literal(model)},`,
    `    messages=[{"role": "user", "content": ${literal(PROMPT)}}],`,
    '    stream=True,',
    ')',
    'for chunk in stream:',
    '    if chunk.choices:',
    '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
    '',
  ].join('\n')
}

function javascript({ baseUrl, model, keyVariable }: SnippetSubject): string {
  return [
    '// Node 18 or later, as a module (.mjs).',
    `const response = await fetch(${literal(`${baseUrl}/chat/completions`)}, {`,
    "  method: 'POST',",
    '  headers: {',
    "    'Content-Type': 'application/json',",
    ...(keyVariable === null ? [] : [`    Authorization: \`Bearer \${process.env.${keyVariable}}\`,`]),
    '  },',
    '  body: JSON.stringify({',
    ...(model === null ? [] : [`    model: ${literal(model)},`]),
    `    messages: [{ role: 'user', content: ${literal(PROMPT)} }],`,
    '  }),',
    '})',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the template of the snippet
    'if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)',
    'const answer = await response.json()',
    'console.log(answer.choices[0].message.content)',
    '',
  ].join('\n')
}

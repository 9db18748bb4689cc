import { type Node, type ParseError, type ParseErrorCode, parseTree } from 'jsonc-parser'
import { type JsonPath, positionAt } from './json-position.ts'

/** A problem at an offset of a text. */
export interface TextProblem {
  readonly offset: number
  /** The value it is about; left out if the text could not be read that far. */
  readonly path?: JsonPath
  /** What was expected and what came, without the place. */
  readonly message: string
}

export interface ParsedJson {
  /** Absent if the text has no structure to rely on; problems then say why. */
  readonly root: Node | undefined
  readonly problems: readonly TextProblem[]
}

// jsonc-parser declares these as an ambient const enum, which a file that is compiled alone cannot use.
const InvalidNumberFormat = 2 as ParseErrorCode
const PropertyNameExpected = 3 as ParseErrorCode
const ValueExpected = 4 as ParseErrorCode
const ColonExpected = 5 as ParseErrorCode
const CommaExpected = 6 as ParseErrorCode
const CloseBraceExpected = 7 as ParseErrorCode
const CloseBracketExpected = 8 as ParseErrorCode
const EndOfFileExpected = 9 as ParseErrorCode
const InvalidCommentToken = 10 as ParseErrorCode
const UnexpectedEndOfString = 12 as ParseErrorCode
const UnexpectedEndOfNumber = 13 as ParseErrorCode
const InvalidUnicode = 14 as ParseErrorCode
const InvalidEscapeCharacter = 15 as ParseErrorCode
const InvalidCharacter = 16 as ParseErrorCode

/**
 * Parses JSON as the standard has it: comments, trailing commas and repeated keys are problems. Those three leave the
 * structure readable, so a caller can go on and check the rest; after any other syntax error it cannot, and of those only
 * the first is reported, since what follows is mostly its echo.
 */
export function parseStrictJson(text: string): ParsedJson {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof RangeError) {
      return { root: undefined, problems: [{ offset: 0, path: [], message: 'lists or objects are nested too deeply' }] }
    }
    throw error
  }
}

function parse(text: string): ParsedJson {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
  const problems: TextProblem[] = []
  for (const error of errors) {
    const comma = trailingCommaBefore(text, error)
    if (error.error === InvalidCommentToken) {
      problems.push({ offset: error.offset, message: 'comments are not allowed here (strict JSON); remove it' })
    } else if (comma !== undefined) {
      // An object reports its trailing comma twice.
      if (problems.at(-1)?.offset !== comma) {
        problems.push({ offset: comma, message: 'a comma after the last item is not allowed; remove it' })
      }
    } else {
      problems.push(syntaxProblem(text, error))
      return { root: undefined, problems }
    }
  }
  if (root !== undefined) {
    collectKeyProblems(text, root, [], problems)
  }
  return { root, problems: problems.sort((a, b) => a.offset - b.offset) }
}

function trailingCommaBefore(text: string, error: ParseError): number | undefined {
  const closing = text[error.offset]
  if ((error.error !== PropertyNameExpected && error.error !== ValueExpected) || (closing !== '}' && closing !== ']')) {
    return undefined
  }
  const before = text.slice(0, error.offset).trimEnd()
  return before.endsWith(',') ? before.length - 1 : undefined
}

function syntaxProblem(text: string, error: ParseError): TextProblem {
  const end = text.trimEnd().length
  if (error.offset >= end && error.error !== InvalidNumberFormat) {
    return { offset: end, message: `the file ends too early: expected ${expectedAfter(error.error)}` }
  }
  // A few letters only: an unquoted key or token should not end up in a log.
  const found = text.slice(error.offset, error.offset + Math.max(1, error.length))
  const shown = JSON.stringify(found.length > 12 ? `${found.slice(0, 9)}...` : found)
  return { offset: error.offset, message: syntaxMessage(error.error, shown) }
}

function expectedAfter(code: ParseErrorCode): string {
  switch (code) {
    case CloseBraceExpected:
      return '"}"'
    case CloseBracketExpected:
      return '"]"'
    case ColonExpected:
      return '":" and a value'
    case PropertyNameExpected:
      return 'a key in double quotes'
    default:
      return 'a value'
  }
}

function syntaxMessage(code: ParseErrorCode, shown: string): string {
  switch (code) {
    case PropertyNameExpected:
      return `expected a key in double quotes, got ${shown}`
    case ValueExpected:
      return `expected a value, got ${shown}`
    case ColonExpected:
      return `expected ":" between the key and its value, got ${shown}`
    case CommaExpected:
      return `expected "," or the end of the object or list before ${shown}`
    case CloseBraceExpected:
      return `expected "}", got ${shown}`
    case CloseBracketExpected:
      return `expected "]", got ${shown}`
    case EndOfFileExpected:
      return `expected the end of the file, got ${shown}`
    case UnexpectedEndOfString:
      return 'the text that begins here has no closing double quote in its line'
    case InvalidNumberFormat:
    case UnexpectedEndOfNumber:
      return `expected a number, got ${shown}`
    case InvalidUnicode:
      return 'this text has \\u without four hexadecimal digits; write a backslash as \\\\'
    case InvalidEscapeCharacter:
      return 'this text has a backslash that begins no known escape; write a backslash as \\\\'
    case InvalidCharacter:
      return 'a control character is not allowed in a text; write a tab as \\t'
    default:
      return shown.startsWith('"\'')
        ? 'expected double quotes, got single quotes'
        : `expected a value or a key in double quotes, got ${shown}`
  }
}

function collectKeyProblems(text: string, node: Node, path: JsonPath, problems: TextProblem[]): void {
  if (node.type === 'array') {
    node.children?.forEach((child, index) => {
      collectKeyProblems(text, child, [...path, index], problems)
    })
    return
  }
  const offsets = new Map<string, number>()
  for (const property of node.type === 'object' ? (node.children ?? []) : []) {
    const [keyNode, valueNode] = property.children ?? []
    const key = String(keyNode?.value)
    const here = [...path, key]
    const earlier = offsets.get(key)
    if (earlier !== undefined) {
      const { line } = positionAt(text, earlier)
      problems.push({
        offset: property.offset,
        path: here,
        message: `the key ${JSON.stringify(key)} is given twice, also in line ${line}; keep one`,
      })
    } else if (key === '__proto__') {
      problems.push({ offset: property.offset, path: here, message: 'this key is not allowed; remove it' })
    }
    offsets.set(key, earlier ?? property.offset)
    if (valueNode !== undefined) {
      collectKeyProblems(text, valueNode, here, problems)
    }
  }
}

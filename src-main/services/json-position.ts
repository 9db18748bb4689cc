import type { Node } from 'jsonc-parser'

/** A place in a text, as editors count: both from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

export type JsonPath = readonly (string | number)[]

/** Whether a problem is about a property's name or about its value. */
export type Part = 'key' | 'value'

/** Lines end with LF, CR LF or CR. An offset beyond the end is the end. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  let line = 1
  let lineStart = 0
  for (const lineBreak of before.matchAll(/\r\n|\r|\n/g)) {
    line += 1
    lineStart = lineBreak.index + lineBreak[0].length
  }
  return { line, column: before.length - lineStart + 1 }
}

/** The offset of a value or of its key; what is not there is placed at the nearest object or list around it. */
export function offsetOf(root: Node, path: JsonPath, part: Part): number {
  const node = nodeAt(root, path)
  if (node === undefined) {
    return offsetOf(root, path.slice(0, -1), 'value')
  }
  const property = node.parent?.type === 'property' ? node.parent : undefined
  return part === 'key' && property !== undefined ? property.offset : node.offset
}

/** As jsonc-parser's `findNodeAtLocation`, but the last of two properties of one name, as `JSON.parse` would have it. */
export function nodeAt(root: Node, path: JsonPath): Node | undefined {
  let node: Node | undefined = root
  for (const segment of path) {
    if (typeof segment === 'number') {
      node = node?.type === 'array' ? node.children?.[segment] : undefined
    } else {
      node =
        node?.type === 'object'
          ? node.children?.findLast((property) => property.children?.[0]?.value === segment)?.children?.[1]
          : undefined
    }
  }
  return node
}

/** `services[2].args.port`; the whole file is "the file". */
export function pathInWords(path: JsonPath): string {
  const words = path.map((segment, index) => {
    if (typeof segment === 'number') {
      return `[${segment}]`
    }
    if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(segment)) {
      return `[${JSON.stringify(segment)}]`
    }
    return index === 0 ? segment : `.${segment}`
  })
  return words.length === 0 ? 'the file' : words.join('')
}

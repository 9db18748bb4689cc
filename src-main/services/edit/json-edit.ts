import { isDeepStrictEqual } from 'node:util'
import { getNodeValue, type Node } from 'jsonc-parser'
import { objectIn, schemaAt } from '../expectation.ts'
import { type JsonPath, nodeAt } from '../json-position.ts'
import type { JsonSchema } from '../services-schema.ts'
import { parseStrictJson } from '../strict-json.ts'
import { hasLineBreak, indentAt, type JsonStyle, type Layout, printJson, styleOf } from './json-style.ts'

/**
 * Changes of a JSON text that leave everything else of it as it is, to the letter. jsonc-parser's own `modify` lays out anew
 * every line it touches, and with it the neighbours in that line.
 *
 * All of them expect strict JSON, and a path that is there.
 */

/** What is put into a text: a value to be laid out as the text is, or a piece of text as it is. */
export type Piece = { readonly value: unknown } | { readonly raw: string }

/** Puts an item into a list, before the one at `index`. */
export function insertItem(text: string, list: JsonPath, index: number, piece: Piece): string {
  const { root, node } = locate(text, list)
  const style = styleOf(text, root)
  return insertChild(text, node, index, style, (layout) =>
    'raw' in piece ? piece.raw : printJson(piece.value, style, layout),
  )
}

export function removeItem(text: string, list: JsonPath, index: number): string {
  return removeChild(text, locate(text, list).node, index)
}

/** Moves an item of a list so that it has `to` others before it. What separates the items stays where it is. */
export function moveItem(text: string, list: JsonPath, from: number, to: number): string {
  const children = locate(text, list).node.children ?? []
  const pieces = children.map((child) => text.slice(child.offset, endOf(child)))
  pieces.splice(to, 0, ...pieces.splice(from, 1))
  const gaps = children.map((child, index) => text.slice(endOf(child), children[index + 1]?.offset))
  const begin = text.slice(0, children[0]?.offset)
  return begin + pieces.map((piece, index) => piece + (gaps[index] ?? '')).join('')
}

/** The piece of text that a value is. */
export function rawAt(text: string, path: JsonPath): string {
  const { node } = locate(text, path)
  return text.slice(node.offset, node.offset + node.length)
}

export function valueAt(text: string, path: JsonPath): unknown {
  return getNodeValue(locate(text, path).node)
}

/**
 * Makes the object at `path` equal to `wanted`, member by member: what is equal already keeps its text and its place. New
 * members come where the schema, that of the whole text, has them.
 */
export function updateObject(text: string, path: JsonPath, wanted: object, schema: JsonSchema): string {
  const before = valueAt(text, path) as Readonly<Record<string, unknown>>
  const after: Readonly<Record<string, unknown>> = { ...wanted }
  let updated = text
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) updated = removeMember(updated, path, name)
  }
  for (const [name, value] of Object.entries(after)) {
    const here = [...path, name]
    const old = Object.hasOwn(before, name) ? before[name] : undefined
    if (old === undefined) updated = insertMember(updated, path, name, value, schema)
    else if (isDeepStrictEqual(old, value)) continue
    else if (isObject(old) && isObject(value)) updated = updateObject(updated, here, value, schema)
    else if (Array.isArray(old) && Array.isArray(value)) updated = updateList(updated, here, old, value)
    else updated = replaceValue(updated, here, value)
  }
  return updated
}

/** What both lists have in common at their beginnings and ends stays as it is. */
function updateList(text: string, path: JsonPath, before: readonly unknown[], after: readonly unknown[]): string {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && isDeepStrictEqual(before[head], after[head])) head += 1
  let tail = 0
  while (tail < shorter - head && isDeepStrictEqual(before.at(-1 - tail), after.at(-1 - tail))) tail += 1
  if (head + tail === 0) return replaceValue(text, path, after)
  let updated = text
  const [oldEnd, newEnd] = [before.length - tail, after.length - tail]
  for (let index = oldEnd - 1; index >= newEnd; index -= 1) updated = removeItem(updated, path, index)
  for (let index = head; index < newEnd; index += 1) {
    const value = after[index]
    updated =
      index < oldEnd ? replaceValue(updated, [...path, index], value) : insertItem(updated, path, index, { value })
  }
  return updated
}

function replaceValue(text: string, path: JsonPath, value: unknown): string {
  const { root, node } = locate(text, path)
  const old = text.slice(node.offset, node.offset + node.length)
  const indent = indentAt(text, node.offset)
  const isEmpty = (node.children ?? []).length === 0
  const shape = isEmpty ? 'usual' : hasLineBreak(old) ? 'long' : 'short'
  const printed = printJson(value, styleOf(text, root), { indent, column: columnOf(text, node.offset), shape })
  return splice(text, node.offset, node.offset + node.length, printed)
}

function insertMember(text: string, path: JsonPath, name: string, value: unknown, schema: JsonSchema): string {
  const { root, node } = locate(text, path)
  const style = styleOf(text, root)
  const order = Object.keys(objectIn(schemaAt(schema, path))?.properties ?? {})
  const present = (node.children ?? []).map((member) => String(member.children?.[0]?.value))
  const before = order.includes(name) ? order.slice(0, order.indexOf(name)) : present
  const index = present.findLastIndex((member) => before.includes(member)) + 1
  const label = JSON.stringify(name) + style.colon
  return insertChild(text, node, index, style, (layout) => {
    return label + printJson(value, style, { ...layout, column: layout.column + label.length })
  })
}

function removeMember(text: string, path: JsonPath, name: string): string {
  const { node } = locate(text, path)
  const index = (node.children ?? []).findIndex((member) => member.children?.[0]?.value === name)
  return removeChild(text, node, index)
}

/** Puts something into a list or an object, separated from its neighbours as they are from theirs. */
function insertChild(
  text: string,
  parent: Node,
  index: number,
  style: JsonStyle,
  child: (layout: Layout) => string,
): string {
  const children = parent.children ?? []
  const [first, second] = children
  if (first === undefined) return fillEmpty(text, parent, style, child)
  const neighbour = children[Math.max(0, index - 1)] ?? first
  const separator =
    second === undefined ? separatorOfOne(text, parent, first, style) : separatorNear(text, children, index)
  const indent = indentAt(text, neighbour.offset)
  const column = hasLineBreak(separator) ? indent.length : columnOf(text, neighbour.offset)
  const printed = child({ indent, column, shape: shapeIn(text, parent) })
  if (index === 0) return splice(text, first.offset, first.offset, printed + separator)
  return splice(text, endOf(neighbour), endOf(neighbour), separator + printed)
}

/** An item is laid out as all others of its list are; a member as such members usually are. */
function shapeIn(text: string, { type, offset, length, children = [] }: Node): Layout['shape'] {
  const isOneLine = (piece: Pick<Node, 'offset' | 'length'>) => !hasLineBreak(text.slice(piece.offset, endOf(piece)))
  if (type === 'object') return isOneLine({ offset, length }) ? 'short' : 'usual'
  return children.every(isOneLine) ? 'short' : 'long'
}

function fillEmpty(text: string, parent: Node, style: JsonStyle, child: (layout: Layout) => string): string {
  const indent = indentAt(text, parent.offset)
  const begin = parent.offset + 1
  const end = endOf(parent) - 1
  if (!breaksLines(text, parent)) {
    const pad = parent.type === 'object' ? style.pad : ''
    const printed = child({ indent, column: columnOf(text, begin), shape: 'short' })
    return splice(text, begin, end, pad + printed + pad)
  }
  const inner = indent + style.unit
  const printed = child({ indent: inner, column: inner.length, shape: 'usual' })
  return splice(text, begin, end, style.eol + inner + printed + style.eol + indent)
}

/** Whether the nearest object or list around it gives each of its members a line. */
function breaksLines(text: string, node: Node): boolean {
  let around = node.parent
  while (around !== undefined && around.type === 'property') around = around.parent
  const first = around?.children?.[0]
  return around !== undefined && first !== undefined && hasLineBreak(text.slice(around.offset, first.offset))
}

function separatorNear(text: string, children: readonly Node[], index: number): string {
  const left = Math.min(Math.max(index - 1, 0), children.length - 2)
  const [before, after] = children.slice(left, left + 2)
  return before === undefined || after === undefined ? ',' : text.slice(endOf(before), after.offset)
}

function separatorOfOne(text: string, parent: Node, only: Node, style: JsonStyle): string {
  const lead = text.slice(parent.offset + 1, only.offset)
  return hasLineBreak(lead) ? `,${style.eol}${indentAt(text, only.offset)}` : style.comma
}

function removeChild(text: string, parent: Node, index: number): string {
  const children = parent.children ?? []
  const [child, before, after] = [children[index], children[index - 1], children[index + 1]]
  if (child === undefined) throw new RangeError(`expected an item at ${index} of ${children.length}`)
  if (after !== undefined) return splice(text, child.offset, after.offset, '')
  if (before !== undefined) return splice(text, endOf(before), endOf(child), '')
  return splice(text, parent.offset + 1, endOf(parent) - 1, '')
}

function locate(text: string, path: JsonPath): { readonly root: Node; readonly node: Node } {
  const { root } = parseStrictJson(text)
  const node = root === undefined ? undefined : nodeAt(root, path)
  if (root === undefined || node === undefined) throw new Error(`expected JSON with a value at ${path.join('.')}`)
  return { root, node }
}

function columnOf(text: string, offset: number): number {
  return offset - Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) - 1
}

const endOf = ({ offset, length }: Pick<Node, 'offset' | 'length'>) => offset + length
const splice = (text: string, begin: number, end: number, by: string) => text.slice(0, begin) + by + text.slice(end)
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

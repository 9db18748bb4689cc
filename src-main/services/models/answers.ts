import { z } from 'zod'
import { unexpectedAnswer } from './server-failure.ts'

// Servers change their answers with every version: unknown fields are ignored, and a field of another type than expected is
// as good as missing. Only a wholly different shape is an error.

const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)

/** What a request can name; longer ones are not models. */
const MAX_ID_LENGTH = 1000
const MAX_DETAIL_LENGTH = 100

export const anId = z.string().min(1).max(MAX_ID_LENGTH)
export const someText = lenient(z.string().min(1).max(MAX_DETAIL_LENGTH))
export const longText = lenient(z.string())
/** Bytes, tokens and the like. */
export const someCount = lenient(z.number().nonnegative().transform(Math.round))
export const someFlag = lenient(z.boolean())
export const someList = lenient(z.array(z.unknown()))

/** An object in an answer, all of whose fields may be missing. */
export const someObject = <T extends z.ZodRawShape>(shape: T) => lenient(z.object(shape))

/** Reads an answer that has to have a shape; `expected` says which, in words. Throws `ServerAnswerError`. */
export function readAnswer<T extends z.ZodType>(
  schema: T,
  answer: unknown,
  path: string,
  expected: string,
): z.output<T> {
  const parsed = schema.safeParse(answer)
  if (!parsed.success) throw unexpectedAnswer(path, expected, answer)
  return parsed.data
}

/** Those items of a list that are of the schema. */
export function readItems<T extends z.ZodType>(schema: T, items: readonly unknown[]): z.output<T>[] {
  return items.flatMap((item) => {
    const parsed = schema.safeParse(item)
    return parsed.success ? [parsed.data] : []
  })
}

/** The same object without the fields that are undefined. */
export function told<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** What is there of some details, for people to read; undefined if nothing is. */
export function detailsOf(...details: readonly (string | undefined)[]): readonly string[] | undefined {
  const there = details.filter((detail) => detail !== undefined)
  return there.length === 0 ? undefined : [...new Set(there)]
}

import type { OptionView } from '../../../../src-preload/contract/setup-view.ts'
import { type EnvRow, findEnvRow, setEnvValue } from './env-rows.ts'

/**
 * A preset's option is no value of its own: it is a look at the arguments and variables of the entry, so that the entry
 * says all, also when somebody edits those directly.
 */
export interface OptionTarget {
  readonly args: readonly string[]
  readonly env: readonly EnvRow[]
}

/** What a switch that is on has as its value. */
export const ON = 'on'

const VALUE = '{value}'

/** What the arguments or variables say about an option; empty if nothing. */
export function optionValue({ args: template, env, kind }: OptionView, target: OptionTarget): string {
  const found = findTemplate(template, target.args)
  if (found !== null) return kind === 'switch' ? ON : found.value
  for (const [name, pattern] of Object.entries(env)) {
    const row = findEnvRow(target.env, name)
    const value = row === undefined ? null : valueIn(pattern, row.value)
    if (value !== null) return kind === 'switch' ? ON : value
  }
  return ''
}

/** Says something else about an option: in its place if it has one; an empty value takes its arguments away. */
export function withOption(option: OptionView, value: string, target: OptionTarget): OptionTarget {
  const env = Object.entries(option.env).reduce<readonly EnvRow[]>(
    (rows, [name, pattern]) => setEnvValue(rows, name, value === '' ? '' : fill(pattern, value), false),
    target.env,
  )
  if (option.args.length === 0) return { args: target.args, env }
  const found = findTemplate(option.args, target.args)
  const filled = value === '' ? [] : option.args.map((argument) => fill(argument, value))
  const at = found?.at ?? (isPositional(option.args) ? 0 : target.args.length)
  const after = found === null ? at : at + option.args.length
  return { args: [...target.args.slice(0, at), ...filled, ...target.args.slice(after)], env }
}

/** A value without a flag in front of it, such as the model of `vllm serve`, comes first. */
function isPositional(template: readonly string[]): boolean {
  return template.length === 1 && template[0] === VALUE
}

/** The last place where a template stands, since with most programs the last one wins; null if it stands nowhere. */
function findTemplate(template: readonly string[], args: readonly string[]): { at: number; value: string } | null {
  if (template.length === 0) return null
  if (isPositional(template)) {
    const [first] = args
    return first === undefined || first.startsWith('-') ? null : { at: 0, value: first }
  }
  for (let at = args.length - template.length; at >= 0; at -= 1) {
    const values = template.map((pattern, index) => valueIn(pattern, args[at + index] ?? ''))
    if (values.every((value) => value !== null)) {
      return { at, value: values.find((_value, index) => template[index]?.includes(VALUE)) ?? '' }
    }
  }
  return null
}

/** What stands for `{value}` in a text that was made from the pattern; null if it was not. */
function valueIn(pattern: string, text: string): string | null {
  const place = pattern.indexOf(VALUE)
  if (place === -1) return text === pattern ? '' : null
  const before = pattern.slice(0, place)
  const after = pattern.slice(place + VALUE.length)
  const fits = text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
  return fits ? text.slice(before.length, text.length - after.length) : null
}

function fill(pattern: string, value: string): string {
  return pattern.split(VALUE).join(value)
}

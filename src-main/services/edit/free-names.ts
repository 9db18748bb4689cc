/** As long as services.json lets a key and a name be. */
const MAX_LENGTH = 100

/** A key that no service has: `<server>:<name>`, or else with the first number from 2 on that makes it so. */
export function freeKey(server: string, name: string, taken: readonly string[]): string {
  // Two keys that differ only in case are none.
  const isTaken = (key: string) => taken.some((other) => other.toLowerCase() === key.toLowerCase())
  return firstFree(`${server}:${name}`, '-', isTaken)
}

/** A name that no service has, numbered in the same way. */
export function freeName(name: string, taken: readonly string[]): string {
  return firstFree(name, ' ', (candidate) => taken.includes(candidate))
}

/** The key of a copy: numbered on, whatever number the original has. */
export function keyOfCopy(key: string, taken: readonly string[]): string {
  const [server = '', name = ''] = key.split(':')
  return freeKey(server, name.replace(/(?<=.)-\d+$/, ''), [...taken, key])
}

/** The name of a copy. */
export function nameOfCopy(name: string, taken: readonly string[]): string {
  return freeName(name.replace(/(?<=.) \d+$/, ''), [...taken, name])
}

function firstFree(text: string, separator: string, isTaken: (candidate: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `${separator}${number}`
    const candidate = text.slice(0, MAX_LENGTH - suffix.length) + suffix
    if (!isTaken(candidate)) return candidate
  }
}

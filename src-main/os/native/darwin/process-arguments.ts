// What sysctl KERN_PROCARGS2 gives: the number of arguments, the path that was executed, zeros up to a word's end, then
// the arguments and the environment as the process was started with them, each ended by a zero.

const COUNT_BYTES = 4
const NUL = 0

/** Whether `NAME=VALUE` is in the environment. Not if the system leaves it out, as for its own programs. */
export function hasVariable(bytes: Buffer, name: string, value: string): boolean {
  const from = endOfArguments(bytes)
  if (from === null) return false
  const wanted = Buffer.from(`${name}=${value}\0`)
  for (let at = bytes.indexOf(wanted, from); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    // A whole variable, not the end of one: what precedes it ends there.
    if (bytes[at - 1] === NUL) return true
  }
  return false
}

/** Where the environment begins, behind the zero of the last argument; null if that cannot be told. */
function endOfArguments(bytes: Buffer): number | null {
  if (bytes.length < COUNT_BYTES) return null
  const count = bytes.readInt32LE(0)
  let at = bytes.indexOf(NUL, COUNT_BYTES)
  if (at < 0 || count < 0) return null
  while (bytes[at] === NUL) at += 1
  for (let left = count; left > 0; left -= 1) {
    const end = bytes.indexOf(NUL, at)
    if (end < 0) return null
    at = end + 1
  }
  return at
}

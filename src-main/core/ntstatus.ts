/**
 * NTSTATUS codes (ntstatus.h) that a Windows program ends with if it did not end itself, in words. Exit codes of programs
 * themselves are small numbers on every system.
 */
const WORDS: ReadonlyMap<number, string> = new Map([
  [0x40010004, 'ended by a debugger'],
  [0x80000003, 'a breakpoint'],
  [0xc0000005, 'access violation'],
  [0xc0000006, 'a page could not be read from its disk'],
  [0xc0000017, 'out of memory'],
  [0xc000001d, 'illegal instruction; perhaps the program is made for a newer processor'],
  [0xc0000025, 'an exception that cannot be continued'],
  [0xc000007b, 'a library of the wrong kind, for example 32 bits in a 64-bit program'],
  [0xc0000094, 'division by zero'],
  [0xc0000096, 'privileged instruction'],
  [0xc00000fd, 'stack overflow'],
  [0xc0000135, 'a library (DLL) was not found'],
  [0xc0000138, 'a library (DLL) lacks a function, by number'],
  [0xc0000139, 'a library (DLL) lacks a function'],
  [0xc000013a, 'ended by Ctrl+C or Ctrl+Break'],
  [0xc0000142, 'a library (DLL) could not be initialized'],
  [0xc000026b, 'a library (DLL) could not be initialized while Windows shuts down'],
  [0xc0000374, 'heap corruption'],
  [0xc0000409, 'it aborted itself, or its stack was damaged'],
  [0xc0000417, 'invalid argument to a C library function'],
  [0xc000041d, 'an exception in a callback'],
  [0xc0000420, 'assertion failure'],
  [0xc000070a, 'a thread pool was misused'],
  [0xc06d007e, 'a library (DLL) was not found'],
  [0xc06d007f, 'a library (DLL) lacks a function'],
  [0xe0434352, 'an exception of .NET'],
  [0xe06d7363, 'a C++ exception'],
])

/** From here on it is a warning or an error of the system. POSIX exit codes end at 255. */
const FIRST_SYSTEM_CODE = 0x4000_0000

/** An exit code of the system's own as people look it up, e.g. `0xC0000005 (access violation)`; null for a program's own. */
export function describeNtStatus(code: number): string | null {
  if (!Number.isInteger(code) || code < FIRST_SYSTEM_CODE || code > 0xffff_ffff) return null
  const words = WORDS.get(code)
  const hex = `0x${code.toString(16).toUpperCase().padStart(8, '0')}`
  return words === undefined ? hex : `${hex} (${words})`
}

/**
 * Codes of GetLastError (winerror.h) that have a meaning for who starts or opens something, in the words of libuv; where
 * access is denied it is EACCES, as for a file on POSIX that may not be executed.
 */
const CODES: ReadonlyMap<number, readonly [code: string, words: string]> = new Map([
  [2, ['ENOENT', 'file not found']],
  [3, ['ENOENT', 'path not found']],
  [4, ['EMFILE', 'too many open files']],
  [5, ['EACCES', 'access denied']],
  [6, ['EBADF', 'invalid handle']],
  [8, ['ENOMEM', 'not enough memory']],
  [14, ['ENOMEM', 'not enough memory']],
  [32, ['EBUSY', 'in use by another program']],
  [50, ['ENOTSUP', 'not supported']],
  [53, ['ENOENT', 'network path not found']],
  [67, ['ENOENT', 'network name not found']],
  [87, ['EINVAL', 'invalid parameter']],
  [112, ['ENOSPC', 'disk full']],
  [123, ['ENOENT', 'invalid name']],
  [161, ['ENOENT', 'invalid path']],
  [191, ['ENOEXEC', 'invalid program file']],
  [192, ['ENOEXEC', 'invalid program file']],
  [193, ['ENOEXEC', 'not a Windows program']],
  [206, ['ENAMETOOLONG', 'name or command line too long']],
  [216, ['ENOEXEC', 'a program for another kind of machine']],
  [225, ['EACCES', 'blocked by the virus scanner']],
  [267, ['ENOENT', 'invalid folder']],
  [740, ['EACCES', 'it needs administrator rights']],
  [1260, ['EACCES', 'blocked by the policies of this machine']],
  [1450, ['ENOMEM', 'not enough system resources']],
  [1455, ['ENOMEM', 'not enough memory: the paging file is too small']],
  [4551, ['EACCES', 'blocked by the policies of this machine']],
])

/**
 * A system error like Node's: `code` such as `ENOENT`, the system's own number and words in its message.
 *
 * @param lastError what GetLastError said right after the call
 */
export function systemError(call: string, lastError: number): Error {
  const [code, words] = CODES.get(lastError) ?? ['UNKNOWN', 'unknown error']
  const message = `${call} failed: ${words} (Windows error ${lastError})`
  return Object.assign(new Error(message), { code, syscall: call })
}

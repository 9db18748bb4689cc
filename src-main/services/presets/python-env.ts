/**
 * Variables of every server that is written in Python. Its output goes into a file: without the first, Python holds lines
 * back until it has 8 KiB of them; without the second, on Windows, it ends with an error at the first character that the
 * system's old code page does not have.
 */
export const pythonEnv = { PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8' } as const

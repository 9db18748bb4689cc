import type { ConsoleEvent } from '../../src-main/os/native/win32/console-event.ts'

/** Set by `npm run test:windows` where Windows is Wine. */
export const isWine = process.env.AGENTOS_TEST_WINE !== undefined

/** How programs on Windows are asked to end: as most services are. Wine does not deliver Ctrl-Break, but Ctrl-C. */
export const politeEvent: ConsoleEvent = isWine ? 'ctrl-c' : 'ctrl-break'

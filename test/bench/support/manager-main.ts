import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ProcessManager } from '../../../src-main/manager/process-manager.ts'

// A manager in a process of its own, so that what it costs can be told apart from what measures it. Each line of stdin
// is a call, {"method": ..., "args": [...]}, and is answered by one line of stdout. It ends with its stdin, and its
// services go on.
const home = process.argv[2] ?? ''
const manager = new ProcessManager({ runDir: join(home, 'run'), logDir: join(home, 'log') })
const methods = manager as unknown as Record<string, (...args: unknown[]) => unknown>
for await (const line of createInterface({ input: process.stdin })) {
  const { method, args } = JSON.parse(line) as { method: string; args: unknown[] }
  const from = performance.now()
  const result = await methods[method]?.apply(manager, args)
  process.stdout.write(`${JSON.stringify({ ms: performance.now() - from, result: result ?? null })}\n`)
}
process.exit(0)

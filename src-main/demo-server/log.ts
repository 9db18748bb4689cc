/** Where lines go; a part of `NodeJS.WritableStream`. */
export interface LineSink {
  write(text: string): boolean
  once(event: 'drain', listener: () => void): unknown
}

/** Lines with the time they were written at: information to stdout, warnings and errors to stderr. */
export class DemoLog {
  readonly #stdout: LineSink
  readonly #stderr: LineSink

  constructor(stdout: LineSink, stderr: LineSink) {
    this.#stdout = stdout
    this.#stderr = stderr
  }

  info(message: string): void {
    this.#stdout.write(line('INFO', message))
  }

  warn(message: string): void {
    this.#stderr.write(line('WARN', message))
  }

  error(message: string): void {
    this.#stderr.write(line('ERROR', message))
  }
}

function line(level: string, message: string): string {
  return `${new Date().toISOString()} ${level} ${message}\n`
}

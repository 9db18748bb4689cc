/** What `{host}` and `{port}` in an argument or in a preset's variable stand for. */
export interface Address {
  readonly host: string
  /** Null: the service has none; a text that asks for it is left as it is. */
  readonly port: number | null
}

/** Replaces `{host}` and `{port}`, and nothing else in braces. An IPv6 address gets its brackets in `{host}:{port}`. */
export function expandTemplate(text: string, { host, port }: Address): string {
  return text.replaceAll(/\{host\}:\{port\}|\{host\}|\{port\}/g, (placeholder) => {
    switch (placeholder) {
      case '{host}':
        return host
      case '{port}':
        return port === null ? placeholder : String(port)
      default:
        return `${host.includes(':') ? `[${host}]` : host}:${port ?? '{port}'}`
    }
  })
}

/** True if the text depends on the service's address. */
export function usesAddress(text: string): boolean {
  return text.includes('{host}') || text.includes('{port}')
}

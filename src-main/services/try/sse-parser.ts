/** One event of a stream. */
export interface SseEvent {
  /** The `event` field; null: none. */
  readonly event: string | null
  /** The `data` lines, joined by line feeds. */
  readonly data: string
}

/** An event is longer than allowed. */
export class SseTooLargeError extends Error {
  override readonly name = 'SseTooLargeError'
}

/** In UTF-16 units; far more than a piece of an answer has. */
const MAX_EVENT_LENGTH = 4 * 1024 * 1024

/**
 * Reads server-sent events (HTML standard, "event stream interpretation") out of bytes that come in any portions. Unlike
 * the standard it also gives an event that is cut off by the end of the stream, since servers forget its last line end, and
 * takes an `error` field for an event of that name, since llama.cpp has sent errors so.
 */
export class SseParser {
  /** Removes the byte order mark, and joins characters that are split between portions. */
  readonly #decoder = new TextDecoder('utf-8')
  readonly #maxLength: number
  /** The line whose end has not come yet, in parts. */
  #line: string[] = []
  #lineLength = 0
  #endedWithReturn = false
  #event: string | null = null
  #data: string[] = []
  #dataLength = 0

  constructor(maxLength = MAX_EVENT_LENGTH) {
    this.#maxLength = maxLength
  }

  /** The events that these bytes complete. Throws `SseTooLargeError`. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.#take(this.#decoder.decode(bytes, { stream: true }))
  }

  /** The stream has ended: what is left is an event too. */
  end(): SseEvent[] {
    return [...this.#take(this.#decoder.decode()), ...this.#take('\n\n')]
  }

  #take(text: string): SseEvent[] {
    const events: SseEvent[] = []
    let from = 0
    // A line feed right after a carriage return belongs to it, also in the next portion.
    if (this.#endedWithReturn && text !== '') {
      this.#endedWithReturn = false
      if (text.startsWith('\n')) from = 1
    }
    while (from < text.length) {
      const end = lineEnd(text, from)
      this.#grow(text.slice(from, end))
      if (end === text.length) break
      const line = this.#line.join('')
      this.#line = []
      this.#lineLength = 0
      const event = this.#read(line)
      if (event !== null) events.push(event)
      from = end + 1
      if (text[end] !== '\r') continue
      if (from === text.length) this.#endedWithReturn = true
      else if (text[from] === '\n') from += 1
    }
    return events
  }

  #grow(part: string): void {
    this.#line.push(part)
    this.#lineLength += part.length
    if (this.#lineLength + this.#dataLength > this.#maxLength) {
      throw new SseTooLargeError(`an event has more than ${this.#maxLength} characters`)
    }
  }

  #read(line: string): SseEvent | null {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    // A comment, e.g. to keep the connection open.
    if (colon === 0) return null
    const field = colon === -1 ? line : line.slice(0, colon)
    const rest = colon === -1 ? '' : line.slice(colon + 1)
    const value = rest.startsWith(' ') ? rest.slice(1) : rest
    if (field === 'event') this.#event = value
    if (field === 'error') this.#event = 'error'
    if (field === 'data' || field === 'error') {
      this.#data.push(value)
      // Empty lines take memory too.
      this.#dataLength += value.length + 1
    }
    return null
  }

  #dispatch(): SseEvent | null {
    const event = this.#data.length === 0 ? null : { event: this.#event, data: this.#data.join('\n') }
    this.#event = null
    this.#data = []
    this.#dataLength = 0
    return event
  }
}

function lineEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit === 10 || unit === 13) return index
  }
  return text.length
}

import { randomNumbers } from './random.ts'
import { endsSentence, PARAGRAPH, tokenize } from './tokens.ts'

type Counts = Map<string, number>

export interface GenerateOptions {
  readonly maxTokens: number
  /** 0 always takes the most frequent next word; 1 samples as the text does; more is wilder. */
  readonly temperature: number
  /** The same seed, prompt and text give the same answer. */
  readonly seed: number
}

/**
 * A word-level n-gram model of order 3: the next word is drawn from those that followed the last two words in its text;
 * where these never stood together, from those that followed the last word; else from all of them.
 */
export class NgramModel {
  /** What followed a context of two words, of one, and of none (the empty string). */
  readonly #followers = new Map<string, Counts>()
  /** The first two words of the sentences a word occurs in, by the word in lower case. */
  readonly #openings = new Map<string, [string, string][]>()
  readonly #allOpenings: [string, string][] = []

  constructor(text: string) {
    const tokens = tokenize(text)
    let sentenceStart = 0
    tokens.forEach((token, index) => {
      const last = tokens[index - 1]
      const beforeLast = tokens[index - 2]
      this.#count('', token)
      if (last !== undefined) {
        this.#count(last, token)
      }
      if (last !== undefined && beforeLast !== undefined) {
        this.#count(`${beforeLast} ${last}`, token)
      }
      if (endsSentence(token)) {
        this.#addSentence(tokens.slice(sentenceStart, index + 1))
        sentenceStart = index + 1
      }
    })
  }

  /** Number of different words. */
  get vocabularySize(): number {
    return this.#followers.get('')?.size ?? 0
  }

  /** Continues a text with its own next words, until a paragraph ends or enough are made. */
  *continueText(prompt: string, options: GenerateOptions): Generator<string, 'stop' | 'length'> {
    return yield* this.#generate(tokenize(prompt).slice(-2), [], options)
  }

  /** Answers a message with sentences from its text, beginning with one about the message's rarest known word. */
  *answer(message: string, options: GenerateOptions): Generator<string, 'stop' | 'length'> {
    const known = tokenize(message.toLowerCase())
      .filter((word) => /[\p{L}\p{N}]/u.test(word))
      .map((word) => this.#openings.get(word) ?? [])
      .filter((openings) => openings.length > 0)
    const openings = known.sort((a, b) => a.length - b.length)[0] ?? this.#allOpenings
    const opening = openings[Math.abs(options.seed) % Math.max(1, openings.length)] ?? []
    return yield* this.#generate([], opening, options)
  }

  *#generate(context: string[], opening: readonly string[], options: GenerateOptions) {
    const random = randomNumbers(options.seed)
    const last = [...context]
    for (let made = 0; made < options.maxTokens; made += 1) {
      const token = opening[made] ?? this.#next(last, options.temperature, random)
      if (token === undefined || token === PARAGRAPH) {
        return 'stop' as const
      }
      yield token
      last.push(token)
      last.splice(0, last.length - 2)
    }
    return 'length' as const
  }

  #next(last: readonly string[], temperature: number, random: () => number): string | undefined {
    const contexts = [last.join(' '), last.at(-1) ?? '', '']
    const counts = contexts.map((context) => this.#followers.get(context)).find((found) => found !== undefined)
    return counts === undefined ? undefined : draw(counts, temperature, random)
  }

  #count(context: string, token: string): void {
    let counts = this.#followers.get(context)
    if (counts === undefined) {
      counts = new Map()
      this.#followers.set(context, counts)
    }
    counts.set(token, (counts.get(token) ?? 0) + 1)
  }

  #addSentence(sentence: readonly string[]): void {
    const [first, second] = sentence
    if (first === undefined || second === undefined) {
      return
    }
    this.#allOpenings.push([first, second])
    for (const word of new Set(sentence.map((token) => token.toLowerCase()))) {
      const openings = this.#openings.get(word) ?? []
      openings.push([first, second])
      this.#openings.set(word, openings)
    }
  }
}

/** Draws by frequency to the power of 1/temperature. */
function draw(counts: Counts, temperature: number, random: () => number): string | undefined {
  const entries = [...counts]
  if (temperature === 0) {
    return entries.reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]
  }
  const highest = Math.max(...counts.values())
  const weights = entries.map(([, count]) => (count / highest) ** (1 / temperature))
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    left -= weight
    if (left < 0) {
      return entries[index]?.[0]
    }
  }
  return entries.at(-1)?.[0]
}

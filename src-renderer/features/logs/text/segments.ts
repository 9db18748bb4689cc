import type { StyledSpan } from './ansi.ts'
import type { Link } from './links.ts'
import type { TextStyle } from './sgr.ts'

/** A piece of a line that looks the same from end to end. */
export interface Segment {
  readonly from: number
  readonly to: number
  readonly style: TextStyle | null
  readonly url: string | null
}

/** Cuts a text where a style or a link begins or ends. Neither may overlap with its like. */
export function segmentsOf(length: number, spans: readonly StyledSpan[], links: readonly Link[]): Segment[] {
  const cuts = new Set([0, length])
  for (const { from, to } of [...spans, ...links]) cuts.add(from).add(to)
  const places = [...cuts].sort((a, b) => a - b)
  const segments: Segment[] = []
  let [span, link] = [0, 0]
  for (let index = 0; index + 1 < places.length; index += 1) {
    const [from = 0, to = 0] = places.slice(index, index + 2)
    while ((spans[span]?.to ?? length) <= from && span < spans.length) span += 1
    while ((links[link]?.to ?? length) <= from && link < links.length) link += 1
    const style = covers(spans[span], from) ? (spans[span]?.style ?? null) : null
    const url = covers(links[link], from) ? (links[link]?.url ?? null) : null
    segments.push({ from, to, style, url })
  }
  return segments
}

function covers(part: { readonly from: number; readonly to: number } | undefined, at: number): boolean {
  return part !== undefined && part.from <= at && at < part.to
}

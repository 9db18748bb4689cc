import type { TimelineEntry } from './timeline-entry.ts'

/** The newest are kept as they are: what people look at most. */
const NEWEST = 20_000
/** Of what is older, so many at the most, evenly spread. Marks come on top of that. */
const OLDER = 20_000

/**
 * A timeline of bounded length: older times become less exact, and older lines of two streams less exactly ordered. Every
 * mark stays, and so does the difference between lines with and without times.
 */
export function thinTimeline(entries: readonly TimelineEntry[]): TimelineEntry[] {
  const older = entries.length - NEWEST
  if (older <= OLDER) return [...entries]
  const step = Math.ceil(older / OLDER)
  return entries.filter((entry, index) => {
    if (index >= older || index % step === 0 || entry.mark !== undefined || entry.untimed === true) return true
    // What was printed up to here has a time; without this entry the next one would say that it has none.
    return entries[index + 1]?.untimed === true
  })
}

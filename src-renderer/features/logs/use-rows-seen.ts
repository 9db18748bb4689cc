import { useState } from 'react'

/** How many rows there were when the view last followed the end. */
export function useRowsSeen(count: number, isFollowing: boolean): number {
  const [seen, setSeen] = useState(count)
  // While rendering, as React advises for state derived from what was: an effect would draw a wrong number first.
  if (seen > count || (isFollowing && seen !== count)) setSeen(count)
  return seen
}

import { useNow } from '../../store/clock.ts'
import { formatDuration } from '../../ui/format.ts'

/** How long ago something began. A component of its own, so that a tick of the clock draws nothing else. */
export function Elapsed({ since }: { readonly since: number }) {
  return <>{formatDuration(useNow() - since)}</>
}

/** How long until something comes; `now` once it is due. */
export function Countdown({ until }: { readonly until: number }) {
  const left = Math.ceil((until - useNow()) / 1000) * 1000
  return <>{left > 0 ? `in ${formatDuration(left)}` : 'now'}</>
}

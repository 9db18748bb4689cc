import { useEffect, useRef, useState } from 'react'

/** Often enough to know that something happens, seldom enough to be listened to. */
const ANNOUNCE_MS = 10_000

/** Says `text` aloud when it changes, but not more often than every ten seconds, and then the latest. */
export function LogStatus({ text }: { readonly text: string }) {
  const [said, setSaid] = useState(text)
  const saidAt = useRef(0)
  useEffect(() => {
    const wait = Math.max(0, saidAt.current + ANNOUNCE_MS - Date.now())
    const timer = window.setTimeout(() => {
      saidAt.current = Date.now()
      setSaid(text)
    }, wait)
    return () => window.clearTimeout(timer)
  }, [text])
  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  )
}

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { followsAfterScroll } from './try-text.ts'

export interface FollowEnd {
  readonly element: RefObject<HTMLDivElement | null>
  readonly isFollowing: boolean
  /** To be called after something was added. Cheap: what it costs comes once a frame. */
  readonly onGrowth: () => void
  readonly follow: () => void
}

/** Keeps the end of something that grows in sight, until the reader scrolls up. */
export function useFollowEnd(): FollowEnd {
  const element = useRef<HTMLDivElement>(null)
  const [isFollowing, setFollowing] = useState(true)
  const present = useRef({ isFollowing: true, scrollTop: 0, frame: 0 })

  const set = useCallback((follows: boolean) => {
    present.current.isFollowing = follows
    setFollowing(follows)
  }, [])
  const toEnd = useCallback(() => {
    present.current.frame = 0
    const node = element.current
    if (node === null || !present.current.isFollowing) return
    node.scrollTop = node.scrollHeight
    present.current.scrollTop = node.scrollTop
  }, [])
  const onGrowth = useCallback(() => {
    if (present.current.frame === 0) present.current.frame = requestAnimationFrame(toEnd)
  }, [toEnd])
  const follow = useCallback(() => {
    set(true)
    toEnd()
  }, [set, toEnd])

  useEffect(() => {
    const node = element.current
    if (node === null) return undefined
    const { current } = present
    const onScroll = () => {
      const follows = followsAfterScroll(current.isFollowing, current.scrollTop, node)
      current.scrollTop = node.scrollTop
      if (follows !== current.isFollowing) set(follows)
    }
    // At once, not with the scroll event: what comes in between would pull it back to the end.
    const onWheel = ({ deltaY }: WheelEvent) => {
      if (deltaY < 0 && node.scrollTop > 0) set(false)
    }
    node.addEventListener('scroll', onScroll, { passive: true })
    node.addEventListener('wheel', onWheel, { passive: true })
    return () => {
      node.removeEventListener('scroll', onScroll)
      node.removeEventListener('wheel', onWheel)
      cancelAnimationFrame(current.frame)
      current.frame = 0
    }
  }, [set])

  return { element, isFollowing, onGrowth, follow }
}

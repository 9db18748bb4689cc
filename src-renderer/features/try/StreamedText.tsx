import { useLayoutEffect, useRef } from 'react'
import type { GrowingText } from './growing-text.ts'
import { BlockWriter } from './text-blocks.ts'

interface StreamedTextProps {
  readonly text: GrowingText
  readonly className: string
  readonly onGrowth: () => void
}

/** Shows a text that grows. React draws only the box; each piece goes to its end and nothing is drawn again. */
export function StreamedText({ text, className, onGrowth }: StreamedTextProps) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const node = box.current
    if (node === null) return undefined
    const writer = new BlockWriter(node)
    const write = (piece: string) => {
      writer.write(piece)
      onGrowth()
    }
    write(text.text)
    const end = text.subscribe(write)
    return () => {
      end()
      node.replaceChildren()
    }
  }, [text, onGrowth])
  return <div className={className} ref={box} />
}

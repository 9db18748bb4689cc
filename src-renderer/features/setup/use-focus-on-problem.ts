import { useEffect } from 'react'

/**
 * Whoever could not go on is led to the first field that says why.
 *
 * @param refusals grows with each time
 */
export function useFocusOnProblem(body: { readonly current: HTMLElement | null }, refusals: number): void {
  useEffect(() => {
    if (refusals === 0) return
    const field = body.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    field?.focus()
    field?.scrollIntoView({ block: 'center' })
  }, [body, refusals])
}

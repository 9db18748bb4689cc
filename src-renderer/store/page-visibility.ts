/** Whether anybody can see the page: what only serves the eye rests while it is hidden. */
export function isPageVisible(): boolean {
  return document.visibilityState === 'visible'
}

/** Calls `listener` when the page becomes visible or hidden; returns the function that ends it. */
export function onPageVisibility(listener: (isVisible: boolean) => void): () => void {
  const forward = () => listener(isPageVisible())
  document.addEventListener('visibilitychange', forward)
  return () => document.removeEventListener('visibilitychange', forward)
}

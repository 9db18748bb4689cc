import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from 'react'

/** The code of a component that is not part of what the window starts with. */
export class LaterCode<Props extends object> {
  readonly #load: () => Promise<ComponentType<Props>>
  readonly #listeners = new Set<() => void>()
  #loading: Promise<void> | null = null
  #state: ComponentType<Props> | Error | null = null

  constructor(load: () => Promise<ComponentType<Props>>) {
    this.#load = load
  }

  /** Fetches it, also before it is needed. Idempotent; never rejects. */
  fetch = (): Promise<void> => {
    this.#loading ??= this.#fetch()
    return this.#loading
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Null until it is here; an error if it does not come. */
  state = (): ComponentType<Props> | Error | null => this.#state

  async #fetch(): Promise<void> {
    try {
      this.#state = await this.#load()
    } catch (error) {
      this.#state = error instanceof Error ? error : new Error(String(error))
    }
    for (const listener of this.#listeners) listener()
  }
}

interface LaterProps<Props extends object> {
  readonly code: LaterCode<Props>
  readonly props: Props
  /** Shown until the code is here. */
  readonly fallback?: ReactNode
}

/**
 * Like `React.lazy` within a `Suspense`, which is not for what people wait for: once a fallback was on screen, React holds
 * back what follows for up to 300 ms. This shows the component as soon as its code is here, and at once if it is already.
 */
export function Later<Props extends object>({ code, props, fallback = null }: LaterProps<Props>): ReactNode {
  const Component = useSyncExternalStore(code.subscribe, code.state)
  useEffect(() => void code.fetch(), [code])
  if (Component === null) return fallback
  if (Component instanceof Error) return <LoadFailure message={Component.message} />
  return <Component {...props} />
}

/** Its files are the app's own: it was moved or replaced while it ran. */
function LoadFailure({ message }: { readonly message: string }) {
  return (
    <div className="empty" role="alert">
      <p>This part of the window could not be loaded: {message}</p>
      <p>The app may have been moved or updated. Quit it and start it again.</p>
    </div>
  )
}

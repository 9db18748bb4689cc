import type { EventChannel, EventPayload } from '../../src-preload/contract/contract.ts'
import type { LogDesk, LogSeat } from '../logs/log-desk.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import type { ConfigProblem } from '../services/config-state.ts'
import { TrySeat } from '../services/try/try-seat.ts'
import { PageFeed } from './page-feed.ts'

/** Sends an event of the contract to one page. */
export type SendToPage = <E extends EventChannel>(channel: E, payload: EventPayload<E>) => void

export interface PageOptions {
  readonly manager: ProcessManager
  readonly logs: LogDesk
  /** What is wrong with the configuration at the moment. */
  readonly problems: () => readonly ConfigProblem[]
  readonly send: SendToPage
}

/** One window's page, as the main process sees it: whatever it has asked to be told. It outlives reloads of the page. */
export class Page {
  readonly feed: PageFeed
  readonly logs: LogSeat
  readonly tries: TrySeat
  readonly send: SendToPage

  constructor({ manager, logs, problems, send }: PageOptions) {
    this.send = send
    this.feed = new PageFeed(manager, problems, send)
    this.logs = logs.seat({
      changed: (change) => send('logs.changed', change),
      matched: (matches) => send('logs.matches', matches),
    })
    this.tries = new TrySeat((progress) => send('try.progress', progress))
  }

  setVisible(isVisible: boolean): void {
    this.feed.setVisible(isVisible)
  }

  /** The page is gone or loads anew: nobody listens any more. */
  reset(): void {
    this.feed.reset()
    this.logs.reset()
    this.tries.reset()
  }
}

import { contextBridge, ipcRenderer } from 'electron'
import {
  type AgentosApi,
  CHANNEL_PREFIX,
  type EventChannel,
  type EventPayload,
  events,
  type RequestChannel,
  requests,
} from './contract/contract.ts'

// The only code that touches ipcRenderer. The page gets one function per declared channel; neither ipcRenderer nor an
// Electron event object ever crosses (Electron security checklist, item 20).

function requestFunctions(): AgentosApi['request'] {
  const channels = Object.keys(requests) as RequestChannel[]
  const entries = channels.map((channel) => [
    channel,
    (input: unknown) => ipcRenderer.invoke(CHANNEL_PREFIX + channel, input),
  ])
  return Object.freeze(Object.fromEntries(entries))
}

function eventFunctions(): AgentosApi['on'] {
  const channels = Object.keys(events) as EventChannel[]
  const entries = channels.map((channel) => [
    channel,
    (listener: (payload: EventPayload<typeof channel>) => void) => {
      const forward = (_event: unknown, payload: EventPayload<typeof channel>) => listener(payload)
      ipcRenderer.on(CHANNEL_PREFIX + channel, forward)
      return () => {
        ipcRenderer.removeListener(CHANNEL_PREFIX + channel, forward)
      }
    },
  ])
  return Object.freeze(Object.fromEntries(entries))
}

const api: AgentosApi = Object.freeze({ request: requestFunctions(), on: eventFunctions() })

contextBridge.exposeInMainWorld('agentos', api)

import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { menuLabel, plainLabel } from './tray-label.ts'

/** Everything the tray shows, as data: two equal models look the same, so drawing can be skipped (tray.ts). */
export interface TrayModel {
  readonly icon: TrayIcon
  readonly tooltip: string
  readonly menu: readonly TrayMenuItem[]
}

/** Ordered from the calmest to the worst; each has its own shape in assets/icons. */
export const TRAY_ICONS = ['idle', 'ok', 'starting', 'failing'] as const
export type TrayIcon = (typeof TRAY_ICONS)[number]

export type TrayMenuItem = TrayCommand | TraySubmenu | TrayNote | TraySeparator

export interface TrayCommand {
  readonly type: 'command'
  readonly label: string
  readonly enabled: boolean
  readonly action: TrayAction
}

export interface TraySubmenu {
  readonly type: 'submenu'
  readonly label: string
  readonly items: readonly TrayMenuItem[]
}

/** A line that only says something. */
export interface TrayNote {
  readonly type: 'note'
  readonly label: string
}

export interface TraySeparator {
  readonly type: 'separator'
}

export type TrayAction =
  | { readonly name: 'start' | 'stop' | 'restart' | 'showLogs' | 'copyUrl'; readonly key: string }
  | { readonly name: 'startAll' | 'stopAll' | 'showWindow' | 'quit' }

/** What a service counts as; each service counts once. */
type Tally = 'running' | 'starting' | 'stopping' | 'failing' | 'none'

const APP_NAME = 'AgentOS Tray'
const SEPARATOR: TraySeparator = { type: 'separator' }

export function trayModel(services: readonly ServiceView[]): TrayModel {
  return { icon: worstIcon(services), tooltip: tooltip(services), menu: menu(services) }
}

function worstIcon(services: readonly ServiceView[]): TrayIcon {
  const ranks = services.map((service) => TRAY_ICONS.indexOf(iconOf(service)))
  return TRAY_ICONS[Math.max(0, ...ranks)] ?? 'idle'
}

function iconOf(service: ServiceView): TrayIcon {
  switch (service.status) {
    case 'stopped':
      return 'idle'
    case 'starting':
    case 'stopping':
      return 'starting'
    case 'backoff':
    case 'failed':
      return 'failing'
    case 'running':
    case 'external':
      // Not probed yet is no promise: the icon waits for an answer before it shows the check mark.
      if (service.health === 'failing') return 'failing'
      return service.health === 'ok' ? 'ok' : 'starting'
  }
}

function tallyOf(service: ServiceView): Tally {
  switch (service.status) {
    case 'stopped':
      return 'none'
    case 'starting':
    case 'stopping':
      return service.status
    case 'backoff':
    case 'failed':
      return 'failing'
    case 'running':
    case 'external':
      if (service.health === 'failing') return 'failing'
      return service.health === 'loading' ? 'starting' : 'running'
  }
}

/** E.g. `AgentOS Tray: 2 running, 1 failing`. Counts only: names could hold anything and would not fit. */
function tooltip(services: readonly ServiceView[]): string {
  const tallies = services.map(tallyOf)
  const counts = (['running', 'starting', 'stopping', 'failing'] as const)
    .map((tally) => ({ tally, count: tallies.filter((other) => other === tally).length }))
    .filter(({ count }) => count > 0)
    .map(({ tally, count }) => `${count} ${tally}`)
  return `${APP_NAME}: ${counts.length > 0 ? counts.join(', ') : 'nothing running'}`
}

function menu(services: readonly ServiceView[]): TrayMenuItem[] {
  const listed: TrayMenuItem[] =
    services.length > 0 ? services.map(serviceSubmenu) : [{ type: 'note', label: 'No services' }]
  return [
    ...listed,
    SEPARATOR,
    command('Start all', { name: 'startAll' }, services.some(canStart)),
    command('Stop all', { name: 'stopAll' }, services.some(canStop)),
    SEPARATOR,
    command('Show window', { name: 'showWindow' }),
    command('Quit', { name: 'quit' }),
  ]
}

function serviceSubmenu(service: ServiceView): TraySubmenu {
  const { key } = service
  return {
    type: 'submenu',
    label: menuLabel(`${plainLabel(service.name) || plainLabel(key)} — ${stateText(service)}`),
    items: [
      command('Start', { name: 'start', key }, canStart(service)),
      command('Stop', { name: 'stop', key }, canStop(service)),
      command('Restart', { name: 'restart', key }, canRestart(service)),
      SEPARATOR,
      command('Show logs', { name: 'showLogs', key }),
      command('Copy URL', { name: 'copyUrl', key }, service.url !== null),
    ],
  }
}

function stateText({ status, health }: ServiceView): string {
  const isProbed = (status === 'running' || status === 'external') && health !== 'unknown'
  return isProbed ? `${status}, ${health}` : status
}

function canStart({ status, removed }: ServiceView): boolean {
  return !removed && (status === 'stopped' || status === 'failed' || status === 'backoff')
}

/** An external server is not ours: stopping it needs a question first (DESIGN.md, D9), which a menu cannot ask. */
function canStop({ status }: ServiceView): boolean {
  return status === 'starting' || status === 'running' || status === 'backoff'
}

function canRestart(service: ServiceView): boolean {
  return !service.removed && canStop(service)
}

function command(label: string, action: TrayAction, enabled = true): TrayCommand {
  return { type: 'command', label, enabled, action }
}

/** What a person means by an address. */
export type HostKind = 'machine' | 'network' | 'other'

/** Empty is the default, which is this machine. */
export function hostKindOf(host: string): HostKind {
  const text = host.trim()
  if (text === '' || text === '127.0.0.1') return 'machine'
  return text === '0.0.0.0' ? 'network' : 'other'
}

/** Whether others than this machine may reach it. */
export function isOpenToNetwork(host: string): boolean {
  const text = host.trim().toLowerCase()
  return text !== '' && text !== 'localhost' && text !== '::1' && !/^127(\.\d{1,3}){3}$/.test(text)
}

import { useReply } from './use-reply.ts'

/** What the dialogs need to know beside the entry. Asked for when one opens; it changes rarely and costs little. */
export function usePresets() {
  return useReply('presets.list', {})[0]
}

export function useSecretsInfo() {
  return useReply('secrets.info', {})[0].value
}

/** What the server says about itself wherever a client may look: nobody should mistake it for a language model. */
export const MODEL_ID = 'agentos-demo-ngram'
export const SYSTEM_FINGERPRINT = 'agentos-demo-ngram-order-3-not-a-language-model'
export const NOTE =
  'This is the AgentOS demo server. Its answers come from a tiny n-gram model that puts words in a row as they stood in ' +
  'one short text. It is not a language model and understands nothing.'

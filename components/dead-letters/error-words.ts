/** What an error class of delivery (worker/sink/sink.ts) says to the person who reviews. */
const WORDS: Readonly<Record<string, string>> = {
  contract: 'Refused by the sink',
  oversize: 'Too large for the sink',
  poison: 'Cannot be made into a message',
  transient: 'Sink not reachable',
  throttled: 'Sink asks to slow down',
  auth: 'Credentials refused',
};

/** Plain words for an error class; a class without words stands for itself. */
export function errorWords(errorClass: string | null): string {
  return errorClass === null ? 'Not delivered' : (WORDS[errorClass] ?? errorClass);
}

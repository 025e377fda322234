const LONGEST = 300;

/**
 * What a receiver says about a refusal, for the person who reviews the dead letter: the `message`, `detail` or `error` of a JSON
 * object. One line, at most 300 characters. Null when it says nothing in such a field: a bare text body may echo the request, and
 * row data has no place in an error.
 */
export function receiverWords(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { message, detail, error } = answer as Record<string, unknown>;
  const said = [message, detail, error].find((each) => typeof each === 'string') as string | undefined;
  // Control and format characters would let a receiver forge log lines or hide text on the page.
  const line = said?.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  if (!line) return null;
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** The same for the body of an answer. */
export function wordsOfBody(body: string | null): string | null {
  try {
    return receiverWords(JSON.parse(body ?? ''));
  } catch {
    return null;
  }
}

/** HTTP status of an answer that the SDK threw as an error; none when there was no answer. */
export function statusOf(error: Error): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : null;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** How long the service asks to wait; at most 300 s. */
export function retryAfterOf(error: Error): { retryAfterMs?: number } {
  const response = '$response' in error ? (error.$response as { headers?: Record<string, string> } | undefined) : undefined;
  const seconds = Number.parseFloat(response?.headers?.['retry-after'] ?? '');
  return Number.isNaN(seconds) ? {} : { retryAfterMs: Math.min(Math.max(seconds, 0), 300) * 1000 };
}

/** The error and what caused it, outermost first. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < 8; at = at.cause) causes.push(at);
  return causes;
}

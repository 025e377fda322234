import pino, { type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Names under which a secret could be handed to the log by mistake. */
const SECRET_FIELDS = [
  'password',
  'secret',
  'sinkSecret',
  'conversionTargets',
  'sealedSecret',
  'sealedPassword',
  'privateKey',
  'catalogUrl',
  'connectionString',
];

/**
 * The worker's structured log: one JSON line an entry on stdout; control characters are escaped, so that row data or the
 * output of a pipeline cannot forge a line. Secrets are never passed to it; redaction is the second wall, and errors are
 * reduced to name, kind and message, because a driver's error may carry row values in its detail.
 */
export function createLog(level = process.env.LOG_LEVEL ?? 'info', destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
      serializers: { err: describeError },
    },
    destination ?? pino.destination(1),
  );
}

interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly kind?: string;
  readonly code?: string;
  readonly stack?: string;
}

/** An error without the fields that drivers add (detail, where, query parameters): those hold row data. */
export function describeError(thrown: unknown): DescribedError {
  if (!(thrown instanceof Error)) return { name: 'Thrown', message: String(thrown) };
  const { kind, code } = thrown as { kind?: unknown; code?: unknown };
  return {
    name: thrown.name,
    message: thrown.message,
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(thrown.stack && typeof kind !== 'string' ? { stack: thrown.stack } : {}),
  };
}

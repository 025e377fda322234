import pino from 'pino';

/**
 * Structured log of portal and worker, one JSON line an entry on stdout (control characters are escaped, so row data
 * cannot forge a line). Secrets are never passed to it; the redaction is a second wall for whole objects logged by mistake.
 */
export const log = pino({
  level: process.env.LOG_LEVEL ?? 'info',
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: {
    paths: ['password', 'secret', 'sealedSecret', 'sealedPassword', '*.password', '*.secret', '*.sealedSecret', '*.sealedPassword'],
    censor: '[redacted]',
  },
});

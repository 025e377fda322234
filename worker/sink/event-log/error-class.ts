import { SpillwayError } from '@/core/errors';
import { codeOf, describeConnectionError } from '@/worker/network/connection-error';
import type { DeliveryError, ErrorClass } from '../sink';

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Words by SQLSTATE, or its first two characters. Postgres' own message is not used: it may quote row data. */
const WORDS: Readonly<Record<string, string>> = {
  '28P01': 'the password is not accepted',
  '28000': 'the role may not connect',
  '42501': 'the role may not write to the event log table',
  '42P01': 'the event log table does not exist',
  '3D000': 'the database does not exist',
  '3F000': 'the schema of the event log does not exist',
  '25006': 'the server is read-only, probably a standby',
  '53100': 'the disk of the event log is full',
  '53300': 'the server has no connection left',
  '57P01': 'the server was shut down',
  '57P03': 'the server is starting or stopping',
  '57014': 'the write took too long and was cancelled',
  '54000': 'the event is larger than Postgres takes',
  '22': 'Postgres refuses a value of the event',
  '23': 'a constraint of the event log table refuses the event',
};

/**
 * What a failed insert means. The statement is one unit: Postgres says that some event is to blame, not which,
 * so the batch is narrowed down by the pipeline. An unknown table or a missing right is nobody's event either:
 * it is retried until an admin has mended it.
 */
export function deliveryErrorOf(error: unknown, batchSize: number): DeliveryError {
  const code = codeOf(error);
  const errorClass = classOf(code);
  const blame = errorClass === 'contract' || errorClass === 'oversize';
  return { errorClass, message: `Event log: ${wordsOf(error)}.`, ...(blame && batchSize > 1 ? { wholeBatch: true } : {}) };
}

function classOf(code: string | undefined): ErrorClass {
  if (code === undefined || !SQLSTATE.test(code)) return 'transient';
  if (code === '54000') return 'oversize';
  switch (code.slice(0, 2)) {
    case '22':
    case '23':
      return 'contract';
    case '28':
    case '3D':
    case '3F':
    case '42':
      return 'auth';
    default:
      return 'transient';
  }
}

function wordsOf(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined || !SQLSTATE.test(code) || code.startsWith('E')) return describeConnectionError(error);
  const words = WORDS[code] ?? WORDS[code.slice(0, 2)];
  return words ? `${words} (${code})` : `SQLSTATE ${code}`;
}

/** The same as an error to throw from `open()`. */
export function openErrorOf(error: unknown): SpillwayError {
  const code = codeOf(error) ?? '';
  const message = `Event log: ${wordsOf(error)}.`;
  if (code.startsWith('28')) return new SpillwayError('sink_auth_failed', message);
  if (['42', '3D', '3F'].includes(code.slice(0, 2)) && SQLSTATE.test(code)) {
    return new SpillwayError('sink_misconfigured', message, {
      remedy: 'Grant the role what it needs, or correct the URL of the sink target.',
    });
  }
  return new SpillwayError('sink_unreachable', message, {}, { cause: error });
}

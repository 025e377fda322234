import { SpillwayError } from '@/core/errors';

/** Which transactions a snapshot of the server shows. */
export interface VisibleSet {
  /** Takes a transaction id as the stream has it: 32 bits, without its epoch. */
  shows(xid: number): boolean;
}

/**
 * Reads pg_current_snapshot(): `xmin:xmax:xip,…`, 64-bit ids of top-level transactions. Ids on the stream have lost their upper half,
 * so they are compared modulo 2^32, as the server itself does: right for transactions that are less than 2 billion apart.
 */
export function parseSnapshot(text: string): VisibleSet {
  const match = /^(\d+):(\d+):((?:\d+(?:,\d+)*)?)$/.exec(text);
  if (!match) throw new SpillwayError('protocol_error', `The server described its snapshot as "${text.slice(0, 100)}"`);
  const low = (id: string | undefined) => Number(BigInt(id ?? '0') & 0xffff_ffffn);
  const [xmin, xmax] = [low(match[1]), low(match[2])];
  const running = new Set((match[3] ?? '').split(',').filter(Boolean).map(low));
  const before = (a: number, b: number) => ((a - b) | 0) < 0;
  return {
    shows: (xid) => before(xid, xmin) || (before(xid, xmax) && !running.has(xid)),
  };
}

/** Transactions that pg_current_snapshot() lists as running, 32 bits of each. */
export function runningIn(text: string): number[] {
  const list = text.split(':')[2] ?? '';
  return list
    .split(',')
    .filter(Boolean)
    .map((id) => Number(BigInt(id) & 0xffff_ffffn));
}

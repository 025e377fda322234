import { formatBytes } from '@/core/postgres/wal-budget';
import type { DeliveryError } from '@/worker/sink/sink';
import type { Change } from '@/worker/source/source';

/** Why no message may be made of a change whose large values were not kept; null when all of it is there. */
export function oversizeRow({ cut, relation }: Pick<Change, 'cut' | 'relation'>): DeliveryError | null {
  if (!cut) return null;
  const named = [...new Map(cut.map(({ column, bytes }) => [relation.columns[column]?.name ?? `column ${column + 1}`, bytes]))];
  const values = named.map(([name, bytes]) => `${name} has ${megabytes(bytes)} MB`).join(', ');
  const message = `the row is larger than the sink takes: ${values}; leave the column out of the stream, or keep such values elsewhere and stream where they are`;
  return { errorClass: 'oversize', message };
}

/** `what` has more bytes than the sink takes; figures that look the same with units are told in bytes. */
export function tooLarge(what: string, bytes: number, most: number): DeliveryError {
  const [has, takes] = [formatBytes(bytes), formatBytes(most)];
  const figures = has === takes ? `${bytes} bytes and the sink takes ${most}` : `${has} and the sink takes ${takes}`;
  return { errorClass: 'oversize', message: `${what} has ${figures}` };
}

/** One decimal; never 0.0 for what is there. */
export function megabytes(bytes: number): string {
  return (Math.max(bytes, 50_000) / 1_000_000).toFixed(1);
}

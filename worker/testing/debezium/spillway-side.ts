import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { FlowSpec } from '@/core/spec/flow';
import { createFlow } from '@/worker/flow/registry';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { readSnapshot } from '@/worker/source/postgres/snapshot';
import { openSubscription } from '@/worker/source/postgres/subscription';
import type { Change } from '@/worker/source/source';
import type { PeerEvent } from './peer-event';

/** Name of the stream on both sides: Debezium's `topic.prefix`. */
export const LOGICAL_NAME = 'diff';
export const SPILLWAY_VERSION = '0.1.0';

/** What Spillway made of one change: the messages, and the change itself for a captured test. */
export interface MadeEvents {
  readonly change: Change;
  readonly events: readonly PeerEvent[];
}

/** The messages of a change as this flow makes them, tombstones on. */
export function eventMaker(spec: FlowSpec, database: string): (change: Change) => MadeEvents {
  const flow = createFlow(spec, { logicalName: LOGICAL_NAME, database, tombstones: true, spillwayVersion: SPILLWAY_VERSION });
  return (change) => {
    const result = flow.transform(change, BigInt(Date.now()) * 1000n);
    const events = result.kind === 'filtered' ? [] : result.events;
    return {
      change,
      events: events.map((event) => ({
        key: event.key,
        value: event.payload === null ? null : event.payload.toString('utf8'),
        headers: event.headers,
      })),
    };
  };
}

/** Reads the stream live, as a pipeline would, until `isLast` holds for a change. */
export async function streamUntil(
  options: { spec: FlowSpec; source: SourceConnection; slotName: string; publicationName: string },
  isLast: (change: Change) => boolean,
): Promise<{ done: Promise<MadeEvents[]> }> {
  const make = eventMaker(options.spec, options.source.database);
  const made: MadeEvents[] = [];
  let finished = () => {};
  const last = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const subscription = await openSubscription({ ...options, streamId: randomUUID(), epoch: 1 }, (item) => {
    if (item.kind !== 'change') return;
    made.push(make(item.change));
    if (isLast(item.change)) finished();
  });
  return {
    done: Promise.race([last, subscription.ended]).then(async () => {
      await subscription.close();
      return made;
    }),
  };
}

/** Every row of these tables as snapshot events, one stream after another. */
export async function readTables(
  spec: FlowSpec,
  source: SourceConnection,
  systemIdentifier: string,
  tables: readonly { schema: string; table: string }[],
): Promise<MadeEvents[]> {
  const make = eventMaker(spec, source.database);
  const made: MadeEvents[] = [];
  for (const table of tables) {
    const reading = await readSnapshot({ source, streamId: randomUUID(), epoch: 1, systemIdentifier, table, exported: null });
    for await (const change of reading.rows) made.push(make(change));
  }
  return made;
}

/** Tables of these schemas as streams name them: partitioned roots, not their partitions. */
export async function publishedTables(client: pg.Client, schemas: readonly string[]): Promise<{ schema: string; table: string }[]> {
  const { rows } = await client.query<{ schema: string; table: string }>(
    `select n.nspname as schema, c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any($1) order by 1, 2`,
    [schemas],
  );
  return rows;
}

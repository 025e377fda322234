import type pg from 'pg';
import { SpillwayError } from '@/core/errors';
import type { EventLogSinkSpec } from '@/core/spec/sink/event-log';
import { LARGEST_EVENT_BYTES, type SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import { codeOf } from '@/worker/network/connection-error';
import { DELIVERED, type Outcome, type Sink, type SinkContext } from '../sink';
import { checkEventLog } from './check';
import { createConnection } from './connection';
import { copyIn } from './copy-in';
import { copyRows, copySql } from './copy-rows';
import { deliveryErrorOf, openErrorOf } from './error-class';
import { CATALOG_TABLE, insertRows, insertSql, OWN_TABLE } from './statements';

/** SQLSTATE unique_violation. */
const UNIQUE_VIOLATION = '23505';

/**
 * Appends events to a table in Postgres: the catalog's own, or one in another Postgres, made if missing.
 *
 * Guarantee: exactly once. The table is unique by (stream, event id), so what comes again is left alone and counts as
 * delivered. `id` rises in the order of delivery. A batch is one statement: all of it is committed, or none.
 */
export function createEventLogSink(
  _spec: EventLogSinkSpec,
  config: SinkTargetConfigOf<'EventLog'>,
  secret: string | null,
  context: SinkContext,
): Sink {
  const own = config.store === 'postgres';
  if (own && secret === null) {
    throw new SpillwayError('sink_misconfigured', 'The event log in another Postgres has no connection URL.', {
      remedy: 'Type in the connection URL of the sink target.',
    });
  }
  const table = own ? OWN_TABLE : CATALOG_TABLE;
  const connection = createConnection(own && secret ? secret : context.catalogUrl, `spillway-log:${context.streamId}:${context.epoch}`);
  const [copyText, insertText] = [copySql(table), insertSql(table)];
  // What was delivered before the last stop comes again at the start, and all of it before anything new.
  let repeats = true;

  /**
   * COPY takes half of the server's time that an INSERT takes, but none of a batch when one event of it is there. The INSERT leaves
   * those out, and shows by a batch that is new as a whole that no more of them come.
   */
  async function append(client: pg.Client, batch: readonly OutboundEvent[]): Promise<void> {
    if (!repeats) {
      try {
        return await copyIn(client, copyText, copyRows(context.streamName, batch));
      } catch (error) {
        if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
        repeats = true;
      }
    }
    const { rowCount } = await client.query({ text: insertText, values: [context.streamName, insertRows(batch)] });
    repeats = rowCount !== batch.length;
  }

  return {
    limits: { maxBatchEvents: 1_000, maxBatchBytes: 4 * 1024 * 1024, maxEventBytes: LARGEST_EVENT_BYTES, partialOutcomes: false },

    async open(signal) {
      try {
        await connection.use(signal, async (client) => {
          if (table.createSql !== null) {
            const found = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [table.name]);
            // Several pipelines may start at once: "if not exists" alone does not keep two creations apart.
            // Statements sent together are one transaction, so the lock lasts to the end of them.
            if (!found.rows[0]?.exists) {
              await client.query(`select pg_advisory_xact_lock(hashtext('spillway.event_log')); ${table.createSql}`);
            }
          }
          await client.query(`select from ${table.name} limit 0`);
        });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw openErrorOf(error);
      }
    },

    check: (signal) => checkEventLog(connection, table, signal),

    async write(batch, signal): Promise<readonly Outcome[]> {
      if (batch.length === 0) return [];
      try {
        await connection.use(signal, (client) => append(client, batch));
        return batch.map(() => DELIVERED);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const outcome: Outcome = { ok: false, error: deliveryErrorOf(error, batch.length) };
        return batch.map(() => outcome);
      }
    },

    close: () => connection.close(),
  };
}

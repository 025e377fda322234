import type pg from 'pg';
import { NOTE } from './event-log-events';

export const STREAMS = 20;
/** Events of one key, spread over the whole log. */
export const EVENTS_A_KEY = 20;
/** Commit time of the first event, ms; one comes every 10 ms. */
export const START = Date.UTC(2026, 0, 1);

const SLICE = 1_000_000;

/**
 * So many events in the order in which they would have come, made by the server itself. Streams take turns, and a stream's keys come
 * round again and again. Without WAL, which no query reads; the indexes are built afterwards, each in one go, from their definitions.
 */
export async function fillLog(client: pg.Client, events: number, keys: number, say: (line: string) => void): Promise<void> {
  const { rows: constraints } = await client.query<{ name: string; definition: string }>(
    `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = 'event_log'::regclass and contype in ('p', 'u')`,
  );
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes where tablename = 'event_log' and indexname <> all ($1)`,
    [constraints.map(({ name }) => name)],
  );
  for (const { name } of constraints) await client.query(`alter table event_log drop constraint ${name}`);
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  await client.query('alter table event_log set unlogged');
  const began = performance.now();
  const done = (what: string) => say(`${what} after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  for (let from = 0; from < events; from += SLICE) {
    const last = Math.min(from + SLICE, events) - 1;
    await client.query(rowsFrom(from, last, keys));
    done(`${last + 1} of ${events} events`);
  }
  for (const { name, definition } of constraints) await client.query(`alter table event_log add constraint ${name} ${definition}`);
  for (const { definition } of indexes) await client.query(definition);
  done('indexes');
  await client.query('vacuum analyze event_log');
  done('vacuum');
}

const rowsFrom = (first: number, last: number, keys: number): string => `
  insert into event_log (stream, event_id, key_text, op, schema_name, table_name, commit_lsn, seq, committed_at, received_at, payload)
  select 'stream-' || n % ${STREAMS}, '7/' || n, '{"id":' || (n / ${STREAMS}) % ${keys} || '}', 'u', 'public', 'orders', 4000000000 + n * 100, n % 1000,
         at, at + interval '20 milliseconds',
         ('{"before":null,"after":{"id":' || n || ',"uuid":"0b9c8a7e-1f2d-4c3b-8a9e-' || lpad(n::text, 12, '0') || '","qty":' || n % 97
           || ',"price":"12.50","open":true,"note":${NOTE}},"op":"u","ts_ms":1795200000000}')::json
    from (select n, to_timestamp(${START / 1000}) + n * interval '10 milliseconds' as at from generate_series(${first}::bigint, ${last}) n) numbered`;

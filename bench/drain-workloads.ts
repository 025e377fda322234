import type { Client } from 'pg';

/** What a backlog is made of. Each table: 10 columns of mixed types, about 200 B a row. */
export interface Workload {
  readonly name: 'inserts' | 'updates' | 'single-row';
  readonly title: string;
  readonly rows: number;
  /** Before the slot: its changes are not part of the backlog. */
  prepare(client: Client, rows: number): Promise<void>;
  write(client: Client, rows: number): Promise<void>;
}

export const TABLE = 't';

/** Rows a transaction, but for `single-row`. */
const TRANSACTION = 1_000;

export const CREATE = `create table ${TABLE} (
  id bigint primary key, token uuid not null, quantity int not null, price numeric(12,2) not null, active boolean not null,
  happened_at timestamptz not null, note text not null, sku varchar(32) not null, attributes jsonb not null, score float8 not null)`;

/** Values of a row, as SQL of its id. */
export const row = (id: string): string => `
  ${id}, md5((${id})::text)::uuid, (${id} % 1000)::int, ((${id} % 100000) / 100.0)::numeric(12,2), ${id} % 2 = 0,
  timestamptz '2026-01-01 00:00:00Z' + (${id}) * interval '1.000123 seconds', 'Grüße aus dem "Lager" Nr. ' || (${id}) || ', bitte prüfen',
  'SKU-' || lpad((${id} % 1000000)::text, 8, '0'), jsonb_build_object('size', ${id} % 50, 'tags', jsonb_build_array('a', 'b'), 'ok', true), (${id})::float8 / 7`;

/** Transactions one after the other, by a DO block that commits. */
const inTransactions = (rows: number, size: number, statement: string): string => `
  do $$ begin
    for start_at in 1..${rows} by ${size} loop
      ${statement}
      commit;
    end loop;
  end $$`;

const insert = (rows: number, size: number): string =>
  inTransactions(
    rows,
    size,
    `insert into ${TABLE} select ${row('g')} from generate_series(start_at::bigint, least(start_at + ${size - 1}, ${rows})) as g;`,
  );

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'inserts',
    title: '1,000,000 inserts, 1,000 a transaction',
    rows: 1_000_000,
    async prepare(client) {
      await client.query(CREATE);
    },
    async write(client, rows) {
      await client.query(insert(rows, TRANSACTION));
    },
  },
  {
    name: 'updates',
    title: '1,000,000 updates, REPLICA IDENTITY FULL, 1,000 a transaction',
    rows: 1_000_000,
    async prepare(client, rows) {
      await client.query(CREATE);
      await client.query(`alter table ${TABLE} replica identity full`);
      await client.query(insert(rows, 100_000));
    },
    async write(client, rows) {
      const statement = `update ${TABLE} set quantity = quantity + 1, note = note || '.' where id between start_at and start_at + ${TRANSACTION - 1};`;
      await client.query(inTransactions(rows, TRANSACTION, statement));
    },
  },
  {
    name: 'single-row',
    title: '200,000 inserts, each a transaction',
    rows: 200_000,
    async prepare(client) {
      await client.query(CREATE);
    },
    async write(client, rows) {
      await client.query(insert(rows, 1));
    },
  },
];

import type pg from 'pg';
import { randomOf } from '../oracle';

/** Kinds of values that databases hold, under a primary key of two columns. */
export const TABLE = `
  create type mood as enum ('calm', 'in "two" minds', 'off');
  create table account (
    tenant text, id bigint, version int not null, amount numeric(14, 2), exact numeric, ratio double precision, small real, ok boolean,
    born date, at timestamp, at_ms timestamp(3), seen timestamptz, opens time, lasts interval, blob bytea, doc jsonb, raw json,
    tags text[], counts bigint[], uid uuid, mood mood, address inet, note varchar(200), large text,
    primary key (tenant, id))`;

const TENANTS = ['a', 'b "c"', 'ünï'];
const NOTES = ['plain', 'quotes " and \\ and \'', 'lines\nand\ttabs', 'snow ☃ 𝄞', '', '__debezium', 'null'];

/** Writes a seeded mix of inserts, updates of a few columns, changes of the key, deletes and rollbacks. */
export class Writer {
  readonly counts = { inserts: 0, updates: 0, keyChanges: 0, deletes: 0 };
  private readonly random: () => number;
  private version = 0;

  constructor(
    private readonly client: pg.Client,
    seed: number,
    private readonly keys = 150,
  ) {
    this.random = randomOf(seed);
  }

  /** One transaction of one to many statements; one in ten is rolled back. */
  async transaction(): Promise<void> {
    const before = { ...this.counts };
    const isUndone = this.random() < 0.1;
    await this.client.query('begin');
    for (let left = this.random() < 0.05 ? 60 : 1 + this.below(4); left > 0; left--) await this.statement();
    await this.client.query(isUndone ? 'rollback' : 'commit');
    if (isUndone) Object.assign(this.counts, before);
  }

  private async statement(): Promise<void> {
    const [tenant, id] = this.key();
    const dice = this.random();
    if (dice < 0.45) {
      this.counts.inserts += await this.run(
        `insert into account values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::timestamp, $10::text::timestamp, $10::text::timestamptz, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
         on conflict do nothing`,
        [tenant, id, ...this.values()],
      );
    } else if (dice < 0.75) {
      // Most columns are not named, so what is out of line is not sent again.
      this.counts.updates += await this.run('update account set version = $3, note = $4, at = $5 where tenant = $1 and id = $2', [
        tenant,
        id,
        ++this.version,
        this.note(),
        this.moment(),
      ]);
    } else if (dice < 0.87) {
      const [toTenant, toId] = this.key();
      this.counts.keyChanges += await this.run(
        `update account set tenant = $3, id = $4, version = $5 where tenant = $1 and id = $2
         and not exists (select 1 from account where tenant = $3 and id = $4)`,
        [tenant, id, toTenant, toId, ++this.version],
      );
    } else this.counts.deletes += await this.run('delete from account where tenant = $1 and id = $2', [tenant, id]);
  }

  private async run(text: string, values: unknown[]): Promise<number> {
    return (await this.client.query(text, values)).rowCount ?? 0;
  }
  private key(): [string, string] {
    // Beyond what a double holds exactly.
    return [TENANTS[this.below(TENANTS.length)] ?? 'a', String(9_007_199_254_740_993n + BigInt(this.below(this.keys)))];
  }
  /** From `version` on. */
  private values(): unknown[] {
    const cents = this.below(2_000_000_000) - 1_000_000_000;
    const document = JSON.stringify({ n: this.random(), note: this.note(), list: [1, null, { deep: this.below(9) }] });
    return [
      ++this.version,
      this.maybe((cents / 100).toFixed(2)),
      // Zeros at the end of a numeric without a scale are not part of Debezium's VariableScaleDecimal.
      this.maybe(`${cents}.${this.below(1000)}7`),
      this.random() * 1e20,
      this.random(),
      this.maybe(this.random() < 0.5),
      this.maybe(this.moment().slice(0, 10)),
      this.moment(),
      this.maybe(this.moment().slice(11)),
      this.maybe(`${this.below(3)} years ${this.below(11)} months -${this.below(20)} days ${this.below(80)}:01:02.5`),
      this.maybe(Buffer.from(this.note())),
      this.maybe(document),
      this.maybe(document.replaceAll(',', ' , ')),
      this.maybe([this.note(), null, this.note()]),
      this.maybe(['9223372036854775807', this.below(5)]),
      this.maybe(`00000000-0000-4000-8000-${String(this.below(1e9)).padStart(12, '0')}`),
      this.maybe(['calm', 'in "two" minds', 'off'][this.below(3)]),
      this.maybe(`10.0.${this.below(255)}.0/24`),
      this.note(),
      // Does not compress, so it is stored out of line.
      this.random() < 0.2 ? Array.from({ length: 400 }, () => this.random().toString(36).slice(2)).join('') : null,
    ];
  }
  private moment(): string {
    const at = new Date(this.below(4_000_000_000) * 1000 - 1_000_000_000_000).toISOString().slice(0, 19);
    return `${at.replace('T', ' ')}.${String(this.below(1_000_000)).padStart(6, '0')}`;
  }
  private note = () => NOTES[this.below(NOTES.length)] ?? '';
  private maybe = (value: unknown) => (this.random() < 0.15 ? null : value);
  private below = (limit: number) => Math.floor(this.random() * limit);
}

/** Each row as Postgres writes it, in the order of the key. */
export async function rowsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>('select account::text as text from account order by tenant collate "C", id');
  return rows.map(({ text }) => text);
}

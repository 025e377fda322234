import { type Admin, type Consumer, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import pg from 'pg';
import { type Lossless, parseLossless } from '../debezium/lossless-json';
import { isUnavailable, type TargetColumn, textOf } from './debezium-value';

export interface UpsertConsumerOptions {
  readonly brokers: string[];
  readonly topic: string;
  readonly groupId: string;
  /** Where the table is that is written to, with its columns' types and its primary key. */
  readonly url: string;
  readonly table: string;
}
type Fields = Readonly<Record<string, Lossless>>;

/**
 * Writes a topic of Debezium's change events into a table, as Kafka Connect's JDBC sinks do with `insert.mode=upsert`,
 * `primary.key.mode=record_key` and `delete.enabled=true`: the record's key names the row, the event's `after` is upserted, `op` d and
 * a tombstone delete. It reads the topic and the target table, and nothing else: no header, no id, no source.
 */
export class UpsertConsumer {
  readonly seen = { upserts: 0, deletes: 0, tombstones: 0 };
  private readonly read = new Map<number, bigint>();
  private columns: readonly TargetColumn[] = [];
  private failure: unknown = null;

  private constructor(
    private readonly options: UpsertConsumerOptions,
    private readonly target: pg.Client,
    private readonly admin: Admin,
    private readonly consumer: Consumer,
  ) {}

  static async start(options: UpsertConsumerOptions): Promise<UpsertConsumer> {
    const client = new Kafka({ brokers: options.brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100, retries: 30 } });
    const target = new pg.Client({ connectionString: options.url });
    const made = new UpsertConsumer(options, target, client.admin(), client.consumer({ groupId: options.groupId, maxWaitTimeInMs: 200 }));
    await Promise.all([target.connect(), made.admin.connect(), made.consumer.connect()]);
    made.columns = await made.targetColumns();
    await made.consumer.subscribe({ topic: options.topic, fromBeginning: true });
    await made.consumer.run({ eachMessage: async ({ partition, message }) => made.take(partition, message) });
    return made;
  }

  /** It has written all that stands in the topic now. Throws what stopped it. */
  async isAtEnd(): Promise<boolean> {
    if (this.failure) throw this.failure;
    const offsets = await this.admin.fetchTopicOffsets(this.options.topic);
    return offsets.every(({ partition, high }) => BigInt(high) === (this.read.get(partition) ?? 0n));
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
    await Promise.all([this.admin.disconnect(), this.target.end()]);
  }

  private async take(partition: number, { offset, key, value }: KafkaMessage): Promise<void> {
    if (this.failure) return;
    try {
      await this.write(fieldsOf(key), value);
      this.read.set(partition, BigInt(offset) + 1n);
    } catch (error) {
      this.failure = error;
    }
  }

  private async write(key: Fields, value: Buffer | null): Promise<void> {
    if (value === null) {
      this.seen.tombstones++;
      return this.delete(key);
    }
    const event = fieldsOf(value);
    if (event.op === 'd') {
      this.seen.deletes++;
      return this.delete(key);
    }
    if (event.op === 't' || event.op === 'm') return;
    this.seen.upserts++;
    return this.upsert(key, event.after as Fields);
  }

  private async upsert(key: Fields, after: Fields): Promise<void> {
    // What was not sent is not touched: the row has it from an earlier event.
    const sent = this.columns.filter(({ name }) => name in after && !isUnavailable(after[name]));
    const names = sent.map(({ name }) => pg.escapeIdentifier(name));
    const places = sent.map(({ type }, at) => `$${at + 1}::${pg.escapeIdentifier(type)}`);
    const keys = Object.keys(key).map((name) => pg.escapeIdentifier(name));
    const rest = names.filter((name) => !keys.includes(name)).map((name) => `${name} = excluded.${name}`);
    await this.target.query(
      `insert into ${this.options.table} (${names.join(', ')}) values (${places.join(', ')})
       on conflict (${keys.join(', ')}) do ${rest.length > 0 ? `update set ${rest.join(', ')}` : 'nothing'}`,
      sent.map((column) => textOf(after[column.name], column)),
    );
  }

  private async delete(key: Fields): Promise<void> {
    const named = this.columns.filter(({ name }) => name in key);
    const where = named.map(({ name, type }, at) => `${pg.escapeIdentifier(name)} = $${at + 1}::${pg.escapeIdentifier(type)}`);
    await this.target.query(
      `delete from ${this.options.table} where ${where.join(' and ')}`,
      named.map((column) => textOf(key[column.name], column)),
    );
  }

  private async targetColumns(): Promise<TargetColumn[]> {
    const { rows } = await this.target.query<TargetColumn>(
      `select attname as name, typname::text as type, atttypmod as modifier from pg_attribute join pg_type t on t.oid = atttypid
       where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [this.options.table],
    );
    return rows;
  }
}

function fieldsOf(json: Buffer | null): Fields {
  if (json === null) throw new Error('a record without a key names no row');
  return parseLossless(json.toString()) as Fields;
}

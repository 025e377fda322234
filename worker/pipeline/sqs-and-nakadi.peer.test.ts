import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { SinkTargetConfig } from '@/core/spec/sink-target';
import { JarsUnavailable, mavenJars } from '@/local/maven-jars';
import { startElasticMq, type TestElasticMq } from '@/worker/testing/elasticmq';
import { NakadiPeer } from '@/worker/testing/peers/nakadi';
import { SqsFaults } from '@/worker/testing/peers/sqs-faults';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import type { Assignment } from './assignment';
import { bundledPipeline, PipelineProcess, TestStream } from './test-harness';

/** What a consumer got: the first arrival of each event, by key, as `op` and `n` of the row. */
interface Arrived {
  readonly id: string;
  readonly key: string;
  readonly what: string;
}

const KEYS = 12;
/** Larger than either sink takes. */
const POISON_BYTES = 1_200_000;
const missing = whyMissing();
if (missing) console.log(`skipped: ${missing}`);

let file: string;
let catalog: TestDatabase;
let source: TestDatabase;
let client: pg.Client;
let stream: TestStream;
let pipeline: PipelineProcess;
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 100 });

beforeAll(async () => {
  [file, catalog, source] = await Promise.all([bundledPipeline(), catalogDatabase(), emptyDatabase()]);
  client = new pg.Client({ connectionString: source.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await Promise.all([catalog.drop(), source.drop()]);
});
afterEach(async () => {
  await pipeline?.kill9();
  await stream?.dispose();
});

interface World {
  readonly table: string;
  readonly part: Pick<Assignment, 'sinkConfig' | 'sinkSecret' | 'letterSink'> & { readonly spec: Partial<Assignment['spec']> };
  readonly outage: { begin(): Promise<void>; end(): Promise<void> };
  readonly arrived: () => Promise<readonly Arrived[]>;
  /** The place for copies of dead letters, which is not there when the stream starts. */
  readonly makeLetterPlace: () => Promise<void>;
}

/**
 * A stream from its first row through a poison row, an outage of the sink and a cut connection to the source. The oracle is what was
 * written: each key's list has to arrive whole and in order, whatever came twice.
 */
async function survives({ table, part, outage, arrived, makeLetterPlace }: World): Promise<void> {
  await client.query(`create table ${table} (id int primary key, n int not null, note text)`);
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: source.url, table, receiverUrl: '' });
  const assignment = async (): Promise<Assignment> => {
    const made = await stream.assignment();
    return { ...made, ...part, spec: { ...made.spec, ...part.spec } };
  };
  pipeline = await PipelineProcess.start(file, { assignment });
  await until(() => expect(pipeline.states).toContain('streaming'));

  const written = new Map<string, string[]>();
  let n = 0;
  const note = (keys: readonly number[], what: string) => {
    for (const key of keys) written.set(String(key), [...(written.get(String(key)) ?? []), what]);
  };
  const all = Array.from({ length: KEYS }, (_, index) => index + 1);
  const update = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      await client.query(`update ${table} set n = $1, note = ''`, [++n]);
      note(all, `u${n}`);
    }
  };
  await client.query(`insert into ${table} select g, 0, '' from generate_series(1, ${KEYS}) g`);
  note(all, 'c0');
  await update(5);
  // Nobody but recovery will ever get this one.
  await client.query(`update ${table} set n = $1, note = repeat('x', ${POISON_BYTES}) where id = 7`, [++n]);
  await update(5);
  await outage.begin();
  await update(5);
  await until(() => expect(pipeline.states).toContain('retrying'));
  await outage.end();
  await client.query('select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1', [stream.slotName]);
  await update(5);
  await client.query(`delete from ${table} where id = 3`);
  note([3], 'd');

  const lists = async () => {
    const seen = new Set<string>();
    const keys = new Map<string, string[]>();
    for (const { id, key, what } of await arrived()) {
      if (seen.has(id)) continue;
      seen.add(id);
      keys.set(key, [...(keys.get(key) ?? []), what]);
    }
    return keys;
  };
  const without7 = (keys: Map<string, string[]>) => new Map([...keys].filter(([key]) => key !== '7').sort());
  await until(async () => expect(without7(await lists())).toEqual(without7(written)));
  const statuses = async () => (await stream.letters()).map(({ status }) => status);
  await until(async () => expect(await statuses()).toEqual(['open', ...Array.from({ length: 15 }, () => 'parked')]));

  // The place of the copies was missing all the time: the stream went on, the copy waits, and people were told.
  await until(() =>
    expect(pipeline.messages.some((said) => said.type === 'notice' && /Copies of dead letters/.test(said.reason))).toBe(true),
  );
  const waiting = () =>
    stream.query('select 1 from dead_letter where copy_wanted and published_at is null and stream_id = $1', [stream.id]);
  expect(await waiting()).toHaveLength(1);
  await makeLetterPlace();
  await until(async () => expect(await waiting()).toHaveLength(0));

  // The poison is given up: what waited behind it follows, in order.
  await stream.query(`update dead_letter set status = 'discarded', resolved_at = now() where status = 'open' and stream_id = $1`, [
    stream.id,
  ]);
  pipeline.tell({ type: 'letters-changed' });
  await until(async () => expect(new Map([...(await lists())].sort())).toEqual(new Map([...written].sort())));
  expect(await pipeline.stop()).toBe(0);
}

const recoveryWith = (sink: NonNullable<Extract<RecoverySpec, { type: 'DeadLetter' }>['sink']>): RecoverySpec => ({
  type: 'DeadLetter',
  maxAttempts: 2,
  keyOrder: 'park',
  maxOpen: 10_000,
  sink,
});

describe.skipIf(missing !== null)('a stream into SQS FIFO, on ElasticMQ', () => {
  let peer: TestElasticMq;
  let faults: SqsFaults;
  let sqs: SQSClient;
  beforeAll(async () => {
    peer = await startElasticMq();
    faults = new SqsFaults(peer.port);
    await faults.up();
    const credentials = { accessKeyId: 'reader', secretAccessKey: 'reader' };
    sqs = new SQSClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${peer.port}`, credentials });
  });
  afterAll(async () => {
    sqs?.destroy();
    await faults?.down();
    await peer?.stop();
  });

  /** Takes out what is in the queue: bodies and attributes, in order. */
  async function taken(QueueUrl: string): Promise<{ body: string; attributes: Record<string, string | undefined> }[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    const these = Messages.map(({ Body = '', MessageAttributes = {} }) => ({
      body: Body,
      attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
    }));
    return [...these, ...(await taken(QueueUrl))];
  }

  it('every key arrives whole and in order, the poison row as a letter with a copy in a queue of its own', async () => {
    const make = async (QueueName: string) =>
      (await sqs.send(new CreateQueueCommand({ QueueName, ...(QueueName.endsWith('.fifo') ? { Attributes: { FifoQueue: 'true' } } : {}) })))
        .QueueUrl ?? '';
    const url = await make('items.fifo');
    let letters = '';
    const list: Arrived[] = [];
    const target = (port: number): SinkTargetConfig => ({
      type: 'Sqs',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { type: 'static', accessKeyId: 'writer' },
      allowPrivateNetwork: true,
    });
    await survives({
      table: 'items_sqs',
      part: {
        sinkConfig: target(faults.port),
        sinkSecret: 'secret',
        letterSink: { config: target(peer.port), secret: 'other-secret' },
        spec: {
          sink: { type: 'SqsFifo', target: 'queues', queueName: 'items', maxBatchSize: 10 },
          recovery: recoveryWith({ type: 'SqsStandard', target: 'dead', queueName: 'dead-items' }),
        },
      },
      outage: { begin: () => faults.down(), end: () => faults.up() },
      makeLetterPlace: async () => {
        letters = await make('dead-items');
      },
      async arrived() {
        for (const { body, attributes } of await taken(url)) {
          const value = JSON.parse(body) as { op: string; after: { n: number } | null };
          const key = String((JSON.parse(attributes['spillway.key'] ?? '{}') as { id: number }).id);
          list.push({ id: attributes['spillway.id'] ?? '', key, what: `${value.op}${value.after?.n ?? ''}` });
        }
        return list;
      },
    });
    const [letter] = await stream.query('select * from dead_letter where attempt_count > 0 and stream_id = $1 order by seq', [stream.id]);
    const copies = await taken(letters);
    expect(copies).toMatchObject([
      {
        attributes: {
          'spillway.id': letter?.id,
          'spillway.event_id': letter?.event_id,
          'spillway.key': '{"id":7}',
          'spillway.error_class': 'oversize',
        },
      },
    ]);
    expect(copies[0]?.body).toContain('"beginning"');
  });
});

it('a stream into a Nakadi of our own: every key whole and in order, the poison row copied to an event type of its own', async () => {
  const peer = new NakadiPeer();
  await peer.up();
  const facts = { partition_strategy: 'hash', cleanup_policy: 'delete', required: [] } as const;
  peer.eventTypes.set('shop.items', { ...facts, category: 'data', partition_key_fields: ['id'] });
  const target: SinkTargetConfig = {
    type: 'Nakadi',
    url: peer.url,
    auth: { type: 'token' },
    allowPrivateNetwork: true,
    timeoutMs: 5_000,
  };
  const OPS: Readonly<Record<string, string>> = { C: 'c', U: 'u', D: 'd' };
  const published = () => peer.published.map(({ event }) => event as { metadata: { eid: string }; data?: { id: number; n?: number } });
  try {
    await survives({
      table: 'items_nakadi',
      part: {
        sinkConfig: target,
        sinkSecret: 'static-token',
        letterSink: { config: target, secret: 'static-token' },
        spec: {
          flow: { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: null },
          sink: { type: 'Nakadi', target: 'bus', eventType: 'shop.items', maxBatchSize: 100 },
          recovery: recoveryWith({ type: 'Nakadi', target: 'bus', eventType: 'shop.items-dead-letter-queue' }),
        },
      },
      outage: { begin: () => peer.down(), end: () => peer.up() },
      makeLetterPlace: async () => {
        peer.eventTypes.set('shop.items-dead-letter-queue', { ...facts, category: 'business', required: ['dead_letter'] });
      },
      arrived: async () =>
        published().flatMap(({ metadata, data, ...rest }) => {
          if (!data) return [];
          const { data_op } = rest as unknown as { data_op: string };
          return [{ id: metadata.eid, key: String(data.id), what: `${OPS[data_op]}${data_op === 'D' ? '' : data.n}` }];
        }),
    });
    const copy = peer.published.find(({ event }) => 'dead_letter' in event)?.event;
    expect(copy).toMatchObject({ dead_letter: { key: '{"id":7}', error_class: 'oversize', table: 'public.items_nakadi' } });
  } finally {
    await peer.down();
  }
});

function whyMissing(): string | null {
  try {
    mavenJars({ folder: 'elasticmq', what: 'ElasticMQ' }, () => undefined);
    return null;
  } catch (error) {
    if (error instanceof JarsUnavailable) return `the stream into SQS: ${error.message}`;
    throw error;
  }
}

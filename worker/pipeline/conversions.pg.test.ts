import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { awsLambdaConversion } from '@/core/spec/lambda-conversion';
import { LambdaPeer } from '@/worker/testing/peers/lambda';
import { catalogDatabase, emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import type { Assignment } from './assignment';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

const KEYS = 8;
const POISONED = 7;
const handlerFile = (name: string) => fileURLToPath(new URL(`../testing/peers/lambda-functions/${name}.mjs`, import.meta.url));
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

const peer = new LambdaPeer();
let file: string;
let catalog: TestDatabase;
let source: TestDatabase;
let receiver: Receiver;
let sql: pg.Client;
let stream: TestStream;
let pipeline: PipelineProcess;

beforeAll(async () => {
  [file] = await Promise.all([bundledPipeline(), peer.up()]);
});
afterAll(() => peer.down());
beforeEach(async () => {
  [catalog, source, receiver] = await Promise.all([catalogDatabase(), emptyDatabase(), Receiver.start()]);
  await peer.deploy('convert', { file: handlerFile('convert'), timeoutMs: 60_000 });
  sql = new pg.Client({ connectionString: source.url });
  await sql.connect();
  await sql.query('create table items (id int primary key, n int not null, note text)');
  stream = await TestStream.create({ catalogUrl: catalog.url, sourceUrl: source.url, table: 'items', receiverUrl: receiver.url, batch: 7 });
});
afterEach(async () => {
  await pipeline.kill9();
  await sql.end();
  await stream.dispose();
  await receiver.stop();
  await Promise.all([catalog.drop(), source.drop()]);
});

/** The stream as a supervisor hands it over, with a function between its flow and its sink. */
async function assignment(): Promise<Assignment> {
  const made = await stream.assignment();
  const conversion = awsLambdaConversion.parse({
    type: 'AwsLambdaConversion',
    target: 'functions',
    lambdaFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:convert',
    maxBatchEvents: 20,
  });
  const credentials = { type: 'static' as const, accessKeyId: 'worker' };
  const config = { type: 'AwsLambda' as const, region: 'eu-central-1', endpoint: peer.url, credentials, allowPrivateNetwork: true };
  return {
    ...made,
    spec: { ...made.spec, conversions: [conversion] },
    conversionTargets: { functions: { config, secret: 'canary-secret' } },
  };
}
async function start(): Promise<void> {
  pipeline = await PipelineProcess.start(file, { assignment });
  await until(() => expect(pipeline.states.at(-1)).toBe('streaming'));
}

/** First arrivals by key, as `<n>` or `<n>.<part>`. */
function arrived(): Map<number, string[]> {
  const seen = new Set<string>();
  const lists = new Map<number, string[]>();
  for (const { eventId, value } of receiver.arrivals) {
    if (seen.has(eventId)) continue;
    seen.add(eventId);
    const { id, n, part } = value as unknown as { id: number; n: number; part?: number };
    lists.set(id, [...(lists.get(id) ?? []), part === undefined ? `${n}` : `${n}.${part}`]);
  }
  return lists;
}

it('a Lambda function between flow and sink: every key whole and in order through kill -9, lost answers, 429s, an outage and a poison row', async () => {
  const written = new Map<number, string[]>();
  let n = 0;
  let dropped = 0;
  const write = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      const note = (['', 'twice', '', 'drop', ''] as const)[++n % 5] as string;
      await sql.query('insert into items select g, $1, $2 from generate_series(1, $3) g on conflict (id) do update set n = $1, note = $2', [
        n,
        note,
        KEYS,
      ]);
      dropped += note === 'drop' ? KEYS : 0;
      for (let id = 1; id <= KEYS; id++)
        written.set(id, [...(written.get(id) ?? []), ...(note === 'drop' ? [] : note === 'twice' ? [`${n}.1`, `${n}.2`] : [`${n}`])]);
    }
  };
  const others = (lists: Map<number, string[]>) => [...lists].filter(([id]) => id !== POISONED).sort(([a], [b]) => a - b);
  const caughtUp = () => until(() => expect(others(arrived())).toEqual(others(written)));
  await start();
  await write(6);
  await caughtUp();

  // Killed while the function runs, after it ran and before its answer came, and while the service asks to slow down.
  let release = (): void => undefined;
  peer.gate = new Promise((resolve) => {
    release = resolve;
  });
  const { begun } = peer;
  await write(4);
  await until(() => expect(peer.begun).toBeGreaterThan(begun));
  await pipeline.kill9();
  release();
  peer.gate = Promise.resolve();
  peer.cutAfter = 1;
  await start();
  await write(4);
  await until(() => expect(peer.cutAfter).toBeNull());
  peer.throttle = 3;
  peer.retryAfter = '0';
  await write(4);
  await until(() => expect(peer.throttle).toBe(0));
  await pipeline.kill9();
  await start();
  await caughtUp();

  // One row makes the function throw: it alone becomes a letter, and its key waits.
  await sql.query(`update items set n = $1, note = 'throw' where id = $2`, [++n, POISONED]);
  written.set(POISONED, [...(written.get(POISONED) ?? []), `${n}`]);
  await write(3);
  await caughtUp();
  await until(async () => expect((await stream.letters()).map(({ status }) => status)).toEqual(['open', 'parked', 'parked', 'parked']));
  const [letter] = await stream.query(`select error_class::text, error_message from dead_letter where status = 'open' and stream_id = $1`, [
    stream.id,
  ]);
  expect(letter).toMatchObject({ error_class: 'contract', error_message: expect.stringContaining('TypeError') });
  expect(letter?.error_message).not.toContain('throw');

  // An outage of the function is one of the sink: it is waited for.
  await peer.down();
  await write(3);
  await until(() => expect(pipeline.states.at(-1)).toBe('retrying'));
  await peer.up();
  await caughtUp();

  // The function is mended, and the letter replayed through it.
  await peer.deploy('convert', { file: handlerFile('mended'), timeoutMs: 60_000 });
  await stream.query(`update dead_letter set status = 'replaying' where status = 'open' and stream_id = $1`, [stream.id]);
  pipeline.tell({ type: 'letters-changed' });
  await until(() => expect([...arrived()].sort(([a], [b]) => a - b)).toEqual([...written].sort(([a], [b]) => a - b)));

  await until(() => expect(pipeline.stats?.totals.filtered).toBeGreaterThan(0));
  await until(() => {
    const { decoded, delivered, filtered, deadLettered, parked, ignored, spilled } = pipeline.stats?.totals ?? stream.totals;
    expect(decoded).toBe(delivered + filtered + deadLettered + parked + ignored + spilled);
  });
  expect(dropped).toBeGreaterThan(0);
  expect(await pipeline.stop()).toBe(0);
});

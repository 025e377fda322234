import { createRequire } from 'node:module';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { buildOptions } from '../bundle.mjs';
import { KAFKAJS, REPLACED } from './replaced.mjs';

interface Request {
  readonly apiKey: number;
  readonly apiVersion: number;
  encode(room?: number): Promise<{ readonly buffer: Buffer }>;
}
type Produce = (options: object) => Request;
type Frame = (asked: { correlationId: number; clientId: string; request: Request }) => Promise<{ readonly buffer: Buffer }>;
type Group = (asked: object) => Record<string, unknown[]>;

const load = createRequire(import.meta.url);
const both = <T>(ours: string, theirs: string) => [load(ours) as T, load(`kafkajs/src/${theirs}`) as T] as const;
const produce = both<Produce>('./produce-request.cjs', 'protocol/requests/produce/v3/request');
const frame = both<Frame>('./request.cjs', 'protocol/request');
const group = both<Group>('./group-by-partition.cjs', 'producer/groupMessagesPerPartition');

afterEach(() => vi.restoreAllMocks());

const NOW = 1_800_000_000_000;
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'grapheme-ascii', maxLength: 200 }));
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((held) => Buffer.from(held));
const header = fc.oneof(text, bytes(20));
// Of the digits of our time: kafkajs sorts times as text.
const time = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }).map(String);
const message = fc.record(
  {
    key: fc.option(fc.oneof(text, bytes(40))),
    value: fc.option(fc.oneof(bytes(5_000), text)),
    headers: fc.dictionary(text, fc.oneof(header, fc.array(header, { maxLength: 3 })), { maxKeys: 6 }),
    timestamp: time,
  },
  { requiredKeys: ['key', 'value'] },
);
const partition = fc.record({
  partition: fc.nat({ max: 1_000 }).map(String),
  messages: fc.array(message, { minLength: 1, maxLength: 200, size: 'small' }),
  firstSequence: fc.nat({ max: 2 ** 31 - 1 }),
});
const topicData = fc.array(fc.record({ topic: text, partitions: fc.array(partition, { maxLength: 3 }) }), { maxLength: 3 });
const options = fc.record(
  {
    topicData,
    acks: fc.constantFrom(-1, 1),
    timeout: fc.nat({ max: 60_000 }),
    transactionalId: fc.option(text),
    producerId: fc.oneof(fc.constant(-1), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)),
    producerEpoch: fc.nat({ max: 32_767 }),
    compression: fc.constant(0),
  },
  { requiredKeys: ['topicData', 'acks', 'timeout'] },
);

/** All that goes to the socket, as one connection asks for it. */
async function sent(of: 0 | 1, made: object, clientId: string): Promise<string> {
  const request = produce[of](made);
  const { buffer } = await frame[of]({ correlationId: 7, clientId, request });
  return `${request.apiKey} ${request.apiVersion} ${buffer.toString('hex')}`;
}

test('a produce request has the bytes that kafkajs gives it', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(NOW);
  await fc.assert(
    fc.asyncProperty(options, text, async (made, clientId) => {
      expect(await sent(0, made, clientId)).toBe(await sent(1, made, clientId));
    }),
    { numRuns: 300 },
  );
});

test('so has a full batch, whose checksum goes over many blocks', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(NOW);
  const messages = Array.from({ length: 1_000 }, (_, index) => ({
    key: `{"id":${index}}`,
    value: index % 9 === 0 ? null : Buffer.alloc(index, `row ${index} ü`),
    headers: { 'spillway.id': `741/0-${index.toString(16)}/1`, 'spillway.op': 'c' },
  }));
  const made = { acks: -1, timeout: 15_000, topicData: [{ topic: 'orders', partitions: [{ partition: 3, messages, firstSequence: 12 }] }] };
  expect(await sent(0, made, 'spillway')).toBe(await sent(1, made, 'spillway'));
});

test('what is compressed is left to kafkajs, and so is every other request', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(NOW);
  const messages = [{ key: 'k', value: 'v'.repeat(5_000) }];
  const made = { acks: -1, timeout: 1, compression: 1, topicData: [{ topic: 't', partitions: [{ partition: 0, messages }] }] };
  expect(await sent(0, made, 'c')).toBe(await sent(1, made, 'c'));
  const metadata = (load('kafkajs/src/protocol/requests/metadata/v6/request') as Produce)({ topics: ['orders'] });
  const [ours, theirs] = await Promise.all(frame.map((make) => make({ correlationId: 1, clientId: 'c', request: metadata })));
  expect(ours?.buffer.toString('hex')).toBe(theirs?.buffer.toString('hex'));
});

test('times of rows are kept, whatever they are, and the batch says their bounds', async () => {
  const value = Buffer.from('v');
  const times = ['0', '1000000000000', '5', '1800000000000'];
  const partitions = [{ partition: 0, messages: times.map((timestamp) => ({ value, timestamp })) }];
  const { buffer } = await produce[0]({ acks: -1, timeout: 1, topicData: [{ topic: 't', partitions }] }).encode();
  const Decoder = load('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
  const decode = load('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: object) => Promise<{ records: { timestamp: string }[] }>;
  // Behind what names the topic and the partition, 27 bytes.
  const batch = await decode(new Decoder(buffer.subarray(27)));
  expect(batch).toMatchObject({ firstTimestamp: '0', maxTimestamp: '1800000000000' });
  expect(batch.records.map(({ timestamp }) => timestamp)).toEqual(times);
});

test('a request that is not what was measured is not sent', async () => {
  let length = 1;
  const growing = { toString: () => 'x'.repeat(length++) };
  const partitions = [{ partition: 0, messages: [{ key: growing, value: Buffer.from('v') }] }];
  const request = produce[0]({ acks: -1, timeout: 1, topicData: [{ topic: 't', partitions }] });
  await expect(request.encode()).rejects.toThrow(/measured at \d+ bytes and written as \d+/);
});

test('messages are grouped as kafkajs groups them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 300 }), fc.nat({ max: 1 }), (chosen, partitions) => {
      const asked = { topic: 't', messages: chosen.map((to, index) => ({ to, index })), partitionMetadata: Array(partitions * 13) };
      const partitioner = ({ message }: { message: { to: number } }) => message.to;
      const [ours, theirs] = group.map((make) => JSON.stringify(make({ ...asked, partitioner })));
      expect(ours).toBe(theirs);
    }),
  );
});

test('a pipeline carries ours in the place of those of kafkajs', async () => {
  const { metafile } = await build({ ...buildOptions('pipeline', 'worker/pipeline/main.ts'), outdir: 'out', write: false, metafile: true });
  const requires = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  for (const [theirs, ours] of Object.entries(REPLACED)) {
    expect(requires).toContain(`local/kafkajs/${ours}`);
    const users = Object.entries(metafile.inputs).filter(([, { imports }]) =>
      imports.some(({ path }) => [`${KAFKAJS}/${theirs}.js`, `${KAFKAJS}/${theirs}/index.js`].includes(path)),
    );
    // Ours may fall back to it.
    expect(users.filter(([file]) => file !== `local/kafkajs/${ours}`)).toEqual([]);
  }
});

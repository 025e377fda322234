import { createRequire } from 'node:module';
import { build } from 'esbuild';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildOptions } from './bundle.mjs';

type Encode = (record: object) => { readonly buffer: Buffer };
const load = createRequire(import.meta.url);
const [ours, theirs] = ['./kafka-record.cjs', 'kafkajs/src/protocol/recordBatch/record/v0'].map((path) => load(path) as Encode);

const text = fc.string({ unit: 'binary', maxLength: 80 });
const header = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
);
const record = fc.record(
  {
    offsetDelta: fc.nat({ max: 100_000 }),
    timestampDelta: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    key: fc.option(fc.oneof(text, header)),
    value: fc.option(
      fc.oneof(
        fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
        text,
      ),
    ),
    headers: fc.dictionary(text, fc.oneof(header, fc.array(header, { maxLength: 3 })), { maxKeys: 6 }),
  },
  { requiredKeys: ['key', 'value'] },
);

test('a record has the bytes that kafkajs gives it', () => {
  fc.assert(
    fc.property(record, (made) => {
      expect(ours?.(made).buffer.toString('hex')).toBe(theirs?.(made).buffer.toString('hex'));
    }),
    { numRuns: 500 },
  );
});

test('a pipeline carries it in the place of that of kafkajs', async () => {
  const { metafile } = await build({ ...buildOptions('pipeline', 'worker/pipeline/main.ts'), outdir: 'out', write: false, metafile: true });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('local/kafka-record.cjs');
  expect(inputs).not.toContain('node_modules/kafkajs/src/protocol/recordBatch/record/v0/index.js');
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OutboundEvent } from '@/worker/flow/flow';
import { createFlow } from '@/worker/flow/registry';
import { withSchemas } from '@/worker/flow/with-schemas';
import { type Codec, codecOf } from '@/worker/sink/kafka/format/codec';
import { DoesNotFit } from '@/worker/sink/kafka/format/fit';
import { readJson } from '@/worker/sink/kafka/format/json-value';
import { plain, readAvro, readJsonSchema, readProtobuf } from '@/worker/testing/registry/readers';
import { CONFIGURATIONS } from './configurations';
import { readGolden } from './golden';
import { LOGICAL_NAME, SPILLWAY_VERSION } from './spillway-side';
import { typeOfTable } from './workload/run-workload';

/** Every column type in every shape, as it was streamed: the captured run that is also compared with Debezium. */
const { changes } = readGolden(readFileSync(new URL('golden/stream.jsonl', import.meta.url), 'utf8'));
const FORMATS = ['avro', 'protobuf', 'json_schema'] as const;
const HEADER = 5;

const TOAST = 'toast_default: after.ia was not sent by the server, and its type has no room for the placeholder';
const NESTED = ['int4[]: after.v cannot be written as int32', 'text[]: after.v cannot be written as string'];
const INTERVAL = 'interval: after.v cannot be written as io.debezium.time.MicroDuration';
const special = (type: string, name: string) => `${type}: after.v is no number that ${name} can hold (NaN or an infinity)`;
const SPECIAL = [
  special('numeric', 'io.debezium.data.VariableScaleDecimal'),
  special('numeric(10,2)', 'org.apache.kafka.connect.data.Decimal'),
  special('numeric[]', 'io.debezium.data.VariableScaleDecimal'),
];
const late = (type: string, name: string) => `${type}: after.v cannot be written as io.debezium.time.${name}`;
const NANO = ['timestamp', ...[0, 1, 2, 3, 4, 5, 6].map((digits) => `timestamp(${digits})`), 'timestamp without time zone'];
/** What no schema has room for, by configuration: nested arrays, numbers that are none, times beyond 64 bits, a placeholder among numbers. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  defaults: [...NESTED, ...SPECIAL, INTERVAL, TOAST, late('timestamp without time zone', 'MicroTimestamp')],
  isostring: [...NESTED, TOAST],
  connect: [...NESTED, INTERVAL, TOAST],
  nanoseconds: [...NESTED, ...SPECIAL, TOAST, ...NANO.map((type) => late(type, 'NanoTimestamp'))],
};

/** Compiling a validator takes most of the time: what all share is shown once. */
const MODES: Readonly<Record<(typeof FORMATS)[number], readonly string[]>> = {
  avro: ['defaults', 'isostring', 'connect', 'nanoseconds'],
  protobuf: ['defaults', 'isostring'],
  json_schema: ['isostring'],
};
const inModes = (format: (typeof FORMATS)[number]) => CONFIGURATIONS.filter(({ name }) => MODES[format].includes(name));

function eventsIn({ flow: spec }: (typeof CONFIGURATIONS)[number]): OutboundEvent[] {
  const context = { logicalName: LOGICAL_NAME, database: 'diff', tombstones: false, spillwayVersion: SPILLWAY_VERSION };
  const flow = withSchemas(createFlow(spec, context), spec, LOGICAL_NAME);
  return changes.flatMap((change) => {
    const result = flow.transform(change, 1_700_000_000_000_000n);
    return result.kind === 'events' ? result.events : [];
  });
}

function read(format: (typeof FORMATS)[number], { text }: Codec, bytes: Buffer, schema: Parameters<typeof readAvro>[2]): unknown {
  const body = bytes.subarray(HEADER);
  if (format === 'avro') return readAvro(text, body, schema);
  return format === 'protobuf' ? readProtobuf(text, body, schema) : plain(readJson(readJsonSchema(text, body)), schema);
}

describe.each(FORMATS)('%s', (format) => {
  it.each(inModes(format))(
    'gives an independent reader what the JSON says, of every column type in the modes of $name',
    (configuration) => {
      const refused = new Set<string>();
      const codecs = new Map<unknown, Codec>();
      let compared = 0;
      for (const { schemas, payload, key, schema, table } of eventsIn(configuration)) {
        if (!schemas || !payload) continue;
        const parts = [[payload.toString('utf8'), schemas.value] as const, ...(key && schemas.key ? [[key, schemas.key] as const] : [])];
        for (const [json, shape] of parts) {
          const codec = codecs.get(shape) ?? codecOf(format, shape, null);
          codecs.set(shape, codec);
          try {
            const bytes = codec.encode(json, 258);
            expect(bytes.subarray(0, HEADER)).toEqual(Buffer.from([0, 0, 0, 1, 2]));
            expect(read(format, codec, bytes, shape), `${schema}.${table} ${json}`).toEqual(plain(readJson(json), shape));
            compared++;
          } catch (error) {
            if (!(error instanceof DoesNotFit)) throw error;
            refused.add(`${typeOfTable(`${schema}.${table}`) || table}: ${error.message}`);
          }
        }
      }
      expect(compared).toBeGreaterThan(1_200);
      expect([...refused].sort()).toEqual([...(REFUSED[configuration.name] ?? [])].sort());
    },
  );
});

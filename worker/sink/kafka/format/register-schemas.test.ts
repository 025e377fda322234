import { expect, it } from 'vitest';
import { kafkaSink } from '@/core/spec/sink/kafka';
import type { EventSchemas } from '@/worker/flow/flow';
import { registerSchemas } from './register-schemas';
import { IncompatibleSchema, RegistryError, type SchemaRegistry } from './schema-registry';

const SPEC = kafkaSink.parse({ type: 'Kafka', target: 'bus', topic: 'orders', format: 'avro' });
const SCHEMAS: EventSchemas = {
  key: { type: 'struct', name: 'a.b.Key', optional: false, fields: [{ type: 'int64', optional: false, field: 'id' }] },
  value: { type: 'struct', name: 'a.b.Envelope', optional: false, fields: [{ type: 'string', optional: true, field: 'op' }] },
  columns: {},
};

/** As Apicurio: a subject that exists without a level of its own says NONE. `fails` = so many further calls do. */
function fakeRegistry(faults: { fails: number; refuses?: string }) {
  const schemas = new Map<string, string>();
  const levels = new Map<string, string>();
  const step = () => {
    if (faults.fails-- === 0) throw new RegistryError('transient', 'cut off', 'wait');
  };
  const registry: SchemaRegistry = {
    types: async () => ['AVRO'],
    lookUp: async ({ subject, text }) => (schemas.get(subject) === text ? 1 : null),
    latest: async (subject) => schemas.get(subject) ?? null,
    incompatibility: async ({ subject }) => (subject === faults.refuses ? 'no default' : null),
    async register({ subject, text }) {
      step();
      if (subject === faults.refuses) throw new IncompatibleSchema('no default');
      schemas.set(subject, text);
      return 1;
    },
    compatibility: async (subject) => levels.get(subject) ?? (schemas.has(subject) ? 'NONE' : null),
    async setCompatibility(subject, level) {
      step();
      levels.set(subject, level);
    },
    close: async () => undefined,
  };
  return { registry, schemas, levels };
}

it.each([0, 1, 2, 3])('cut off after %i changes and tried again, every subject is registered and protected', async (fails) => {
  const faults = { fails };
  const { registry, schemas, levels } = fakeRegistry(faults);
  const signal = new AbortController().signal;
  await expect(registerSchemas(registry, SPEC, 'orders', SCHEMAS, signal)).rejects.toMatchObject({ kind: 'sink_unreachable' });
  expect(await registerSchemas(registry, SPEC, 'orders', SCHEMAS, signal)).toEqual(['orders-key', 'orders-value']);
  expect([...schemas.keys()]).toEqual(['orders-key', 'orders-value']);
  expect([...levels.values()]).toEqual(['BACKWARD_TRANSITIVE', 'BACKWARD_TRANSITIVE']);
});

it('a refused value leaves no key behind', async () => {
  const { registry, schemas } = fakeRegistry({ fails: -1, refuses: 'orders-value' });
  const refused = registerSchemas(registry, SPEC, 'orders', SCHEMAS, new AbortController().signal);
  await expect(refused).rejects.toMatchObject({ kind: 'sink_misconfigured', message: expect.stringContaining('no default') });
  expect([...schemas.keys()]).toEqual([]);
});

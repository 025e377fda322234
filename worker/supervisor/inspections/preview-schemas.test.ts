import { expect, it } from 'vitest';
import type { EventSchemas } from '@/worker/flow/flow';
import { previewSchemas } from './preview-schemas';

const SCHEMAS: EventSchemas = {
  key: { type: 'struct', name: 'shop.public.orders.Key', optional: false, fields: [{ type: 'int64', optional: false, field: 'id' }] },
  value: {
    type: 'struct',
    name: 'shop.public.orders.Envelope',
    optional: false,
    fields: [{ type: 'string', optional: true, field: 'op' }],
  },
  columns: {},
};

it.each([
  ['avro', '"type": "long"', '"default": null'],
  ['protobuf', 'optional int64 id = 1;', 'optional string op = 1;'],
  ['json_schema', '"connect.type": "int64"', '"additionalProperties": false'],
  ['json_with_schema', '"field": "id"', '"name": "shop.public.orders.Envelope"'],
])('%s: what would be registered, or sent along', async (format, inKey, inValue) => {
  const shown = await previewSchemas(format, SCHEMAS);
  expect(shown?.key).toContain(inKey);
  expect(shown?.value).toContain(inValue);
});

it('is nothing for JSON, a format that is not known, and a flow without schemas', async () => {
  expect([await previewSchemas(undefined, SCHEMAS), await previewSchemas('xml', SCHEMAS), await previewSchemas('avro', undefined)]).toEqual(
    [null, null, null],
  );
});

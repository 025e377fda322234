import type { ConnectSchema, StructSchema } from '@/worker/flow/flow';
import { arrayOf, booleanOf, bytesOf, doubleOf, intOf, longOf, objectOf, refuse, stringOf } from './fit';
import type { JsonValue } from './json-value';

/**
 * JSON Schema (draft 7) of a Connect schema. Objects take no further properties: only then is a column that is added later compatible
 * with what was written before.
 */
export function jsonSchema(schema: ConnectSchema): string {
  const definitions: Record<string, unknown> = {};
  const root = bareType({ ...schema, optional: false } as ConnectSchema, definitions, true) as object;
  return JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...root,
    ...(Object.keys(definitions).length > 0 ? { definitions } : {}),
  });
}

function typeOf(schema: ConnectSchema, definitions: Record<string, unknown>): unknown {
  const type = bareType(schema, definitions, false);
  return schema.optional ? { oneOf: [{ type: 'null' }, type] } : type;
}

function bareType(schema: ConnectSchema, definitions: Record<string, unknown>, isRoot: boolean): unknown {
  const meaning = schema.name && schema.type !== 'struct' ? { title: schema.name } : {};
  const parameters = schema.parameters ? { 'connect.parameters': schema.parameters } : {};
  switch (schema.type) {
    case 'struct': {
      const name = schema.name ?? 'Record';
      if (isRoot) return objectType(schema, definitions);
      if (!(name in definitions)) {
        definitions[name] = true;
        definitions[name] = objectType(schema, definitions);
      }
      return { $ref: `#/definitions/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}` };
    }
    case 'array':
      return { type: 'array', items: typeOf(schema.items, definitions) };
    case 'map':
      return { type: 'object', additionalProperties: typeOf(schema.values, definitions) };
    case 'boolean':
    case 'string':
      return { type: schema.type, ...meaning, ...parameters };
    case 'int16':
    case 'int32':
    case 'int64':
      return { type: 'integer', ...meaning, 'connect.type': schema.type };
    case 'float':
    case 'double':
      // What is not finite has no number in JSON.
      return { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }], 'connect.type': schema.type };
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64', ...meaning, 'connect.type': 'bytes', ...parameters };
  }
}

function objectType({ name, fields }: StructSchema, definitions: Record<string, unknown>): unknown {
  return {
    ...(name ? { title: name } : {}),
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.field, typeOf(field, definitions)])),
    required: fields.filter(({ optional }) => !optional).map(({ field }) => field),
    additionalProperties: false,
  };
}

/** Throws DoesNotFit where a value is not as its schema says. */
export function checkerOf(schema: ConnectSchema, path = ''): (value: JsonValue | undefined) => void {
  const check = bareChecker(schema, path);
  return (value) => {
    if (value !== null && value !== undefined) check(value);
    else if (!schema.optional) refuse(path, schema, value);
  };
}

function bareChecker(schema: ConnectSchema, path: string): (value: JsonValue) => unknown {
  switch (schema.type) {
    case 'struct': {
      const fields = schema.fields.map((field) => ({
        name: field.field,
        check: checkerOf(field, path ? `${path}.${field.field}` : field.field),
      }));
      return (value) => {
        const object = objectOf(value, schema, path);
        for (const { name, check } of fields) check(object[name]);
      };
    }
    case 'array': {
      const check = checkerOf(schema.items, path);
      return (value) => arrayOf(value, schema, path).forEach(check);
    }
    case 'map': {
      const check = checkerOf(schema.values, path);
      return (value) => Object.values(objectOf(value, schema, path)).forEach(check);
    }
    case 'boolean':
      return (value) => booleanOf(value, schema, path);
    case 'int16':
    case 'int32':
      return (value) => intOf(value, schema, path);
    case 'int64':
      return (value) => longOf(value, schema, path);
    case 'float':
    case 'double':
      return (value) => doubleOf(value, schema, path);
    case 'string':
      return (value) => stringOf(value, schema, path);
    case 'bytes':
      return (value) => bytesOf(value, schema, path);
  }
}

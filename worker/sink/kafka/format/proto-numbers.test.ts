import { expect, it } from 'vitest';
import type { ConnectField, StructSchema } from '@/worker/flow/flow';
import { legalFields } from './names';
import { protoFile } from './proto-messages';
import { numbersIn } from './proto-numbers';

const columns = (...names: string[]): ConnectField[] => names.map((field) => ({ type: 'string', optional: true, field }));
const envelope = (...names: string[]): StructSchema => ({
  type: 'struct',
  name: 'app.public.orders.Envelope',
  optional: false,
  fields: [{ type: 'struct', name: 'app.public.orders.Value', optional: true, fields: columns(...names), field: 'after' }],
});

it('fields keep their numbers through drops, additions and returns; what is gone stays reserved', () => {
  const texts: string[] = [];
  const after = (...names: string[]) => {
    const { text } = protoFile(envelope(...names), numbersIn(texts.at(-1) ?? ''));
    texts.push(text);
    return text
      .split('\n')
      .flatMap((line) => /^ {4}(?:optional string (\w+ = \d+)|(reserved \d+))/.exec(line)?.slice(1).filter(Boolean) ?? []);
  };
  expect(after('id', 'a', 'b')).toEqual(['id = 1', 'a = 2', 'b = 3']);
  expect(after('id', 'b')).toEqual(['reserved 2', 'id = 1', 'b = 3']);
  expect(after('c', 'id', 'b')).toEqual(['reserved 2', 'c = 4', 'id = 1', 'b = 3']);
  expect(after('id', 'a', 'b', 'c')).toEqual(['id = 1', 'a = 2', 'b = 3', 'c = 4']);
  expect(protoFile(envelope('id', 'a', 'b', 'c'), numbersIn(texts.at(-1) ?? '')).text).toBe(texts.at(-1));
});

it('columns whose names would become one keep apart', () => {
  expect(legalFields(['a-b', 'a_b', 'a b', '1st', 'größe'])).toEqual(['a_b', 'a_b_', 'a_u0020b', '_1st', 'gr__e']);
});

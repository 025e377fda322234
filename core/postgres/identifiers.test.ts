import { describe, expect, it } from 'vitest';
import { applicationNameFor, parseApplicationName, quoteIdentifier, quoteLiteral, quotePublicationNames, slotNameFor } from './identifiers';

const ID = '0a1b2c3d-0000-4000-8000-000000000000';

describe('slotNameFor', () => {
  it('makes a name that Postgres takes for a slot, ending in the id', () => {
    expect(slotNameFor('order-events', ID)).toBe('spillway_order_events_0a1b2c3d');
  });
  it('cuts the name, never the id, to 63 characters', () => {
    const name = slotNameFor('x'.repeat(100), ID);
    expect(name).toHaveLength(63);
    expect(name).toMatch(/^spillway_x+_0a1b2c3d$/);
    expect(slotNameFor('Ärger.1', ID)).toMatch(/^[a-z0-9_]{1,63}$/);
  });
  it('refuses an id without digits', () => {
    expect(() => slotNameFor('orders', 'zz')).toThrow(RangeError);
  });
});

describe('quoting', () => {
  it('doubles the quotes of each grammar', () => {
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
    expect(quoteLiteral("it's")).toBe("'it''s'");
    expect(quoteLiteral('a\\b')).toBe("E'a\\\\b'");
    expect(quotePublicationNames(['My"Pub', "it's"])).toBe(`'"My""Pub","it''s"'`);
  });
  it('refuses NUL', () => {
    expect(() => quoteIdentifier('a\0')).toThrow(RangeError);
    expect(() => quoteLiteral('a\0')).toThrow(RangeError);
  });
});

it('application names carry stream and epoch, and foreign ones are not read as ours', () => {
  expect(parseApplicationName(applicationNameFor(ID, 12))).toEqual({ streamId: ID, epoch: 12 });
  for (const name of [null, '', 'psql', 'spillway', 'spillway:x', 'spillway:x:', 'spillway:x:1a', 'other:x:1']) {
    expect(parseApplicationName(name)).toBeNull();
  }
});

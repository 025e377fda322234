import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { UNCHANGED } from '@/worker/source/source';
import { parseFrame } from './framing';
import * as golden from './golden-frames';
import { decodePgoutput } from './pgoutput-decoder';

const { bytes } = golden;

describe('decodePgoutput', () => {
  it('reads transaction boundaries with commit LSN, Unix time and an unsigned xid', () => {
    expect(decodePgoutput(golden.BEGIN)).toEqual({ kind: 'begin', commitLsn: 0x200n, commitTimeUs: golden.UNIX_TIME, xid: 4_000_000_000 });
    expect(decodePgoutput(golden.COMMIT)).toEqual({ kind: 'commit', commitLsn: 0x200n, endLsn: 0x230n, commitTimeUs: golden.UNIX_TIME });
  });
  it('reads relations with unsigned oids', () => {
    expect(decodePgoutput(golden.RELATION)).toEqual({
      kind: 'relation',
      relation: {
        oid: 4_294_967_290,
        schema: 'public',
        table: 't',
        replicaIdentity: 'default',
        columns: [
          { name: 'id', typeOid: 23, typeModifier: -1, identity: true },
          { name: 'v', typeOid: 25, typeModifier: -1, identity: false },
        ],
      },
    });
  });
  it('reads rows: text, NULL and unchanged are three different things', () => {
    expect(decodePgoutput(golden.INSERT)).toMatchObject({ kind: 'insert', after: ['1', 'ü'] });
    expect(decodePgoutput(golden.UPDATE)).toMatchObject({ kind: 'update', before: null, after: ['1', UNCHANGED] });
    expect(decodePgoutput(golden.UPDATE_KEY)).toMatchObject({ before: { kind: 'key', tuple: ['1', null] }, after: ['2', ''] });
    expect(decodePgoutput(golden.UPDATE_FULL)).toMatchObject({ before: { kind: 'full', tuple: ['1', 'big'] } });
    expect(decodePgoutput(golden.DELETE)).toMatchObject({ kind: 'delete', before: { kind: 'key', tuple: ['1', null] } });
  });
  it('reads truncate, origin, type and message', () => {
    expect(decodePgoutput(golden.TRUNCATE)).toEqual({
      kind: 'truncate',
      relationOids: [4_294_967_290],
      cascade: true,
      restartIdentity: true,
    });
    expect(decodePgoutput(golden.ORIGIN)).toEqual({ kind: 'origin', originLsn: 7n, name: 'elsewhere' });
    expect(decodePgoutput(golden.TYPE)).toEqual({ kind: 'type', typeOid: 16_500, schema: 'public', name: 'mood' });
    expect(decodePgoutput(golden.MESSAGE)).toEqual({
      kind: 'message',
      transactional: true,
      lsn: 9n,
      prefix: 'prefix',
      content: Buffer.from([1, 2, 3]),
    });
  });

  it.each(['S', 'E', 'c', 'A', 'b', 'P', 'K', 'r', 'p', '?'])('refuses message %s of a later protocol by name', (tag) => {
    expect(() => decodePgoutput(bytes().tag(tag).u64(0n).done())).toThrow(`"${tag}" is not part of protocol version 1`);
  });
  it('refuses a binary column loudly', () => {
    const binary = bytes().tag('I').u32(1).tag('N').u16(1).tag('b').u32(1).u8(1).done();
    expect(() => decodePgoutput(binary)).toThrow(/binary/);
  });
  it.each(Object.entries(golden.GOLDEN))('refuses %s when it is cut anywhere, or too long', (_, message) => {
    for (let length = 0; length < message.length; length += 1)
      expect(() => decodePgoutput(message.subarray(0, length))).toThrow(SpillwayError);
    expect(() => decodePgoutput(Buffer.concat([message, Buffer.from([0])]))).toThrow(SpillwayError);
  });
  it('answers any bytes with a message or a protocol_error, quickly', () => {
    const tags = fc.constantFrom(...'BCORYIUDTM').map((tag) => tag.charCodeAt(0));
    const damaged = fc.tuple(tags, fc.uint8Array({ maxLength: 300 })).map(([tag, rest]) => Buffer.from([tag, ...rest]));
    const flipped = fc
      .tuple(fc.constantFrom(...Object.values(golden.GOLDEN)), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([message, at, value]) => {
        const copy = Buffer.from(message);
        copy[at % copy.length] = value;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, flipped), (message) => {
        for (const decode of [decodePgoutput, parseFrame]) {
          try {
            decode(message);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(SpillwayError);
            expect((thrown as SpillwayError).kind).toBe('protocol_error');
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

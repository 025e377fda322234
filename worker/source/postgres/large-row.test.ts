import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNCHANGED } from '@/worker/source/source';
import { bytes, DELETE, INSERT, MESSAGE, UPDATE, UPDATE_FULL, UPDATE_KEY, xlogData } from './golden-frames';
import { type LargeFrame, LargeRowReader } from './large-row';
import { decodePgoutput } from './pgoutput-decoder';

function read(frame: Buffer, pieceBytes = 64 * 1024): LargeFrame {
  const frames: LargeFrame[] = [];
  const reader = new LargeRowReader(frame.length, (made) => frames.push(made));
  for (let at = 0; at < frame.length; at += pieceBytes) reader.take(frame.subarray(at, at + pieceBytes));
  reader.end();
  const [only] = frames;
  if (!only) throw new Error('no frame came');
  return only;
}
const refusal = expect.objectContaining({ kind: 'protocol_error' });

describe('LargeRowReader', () => {
  it('reads what is small in it as the decoder of whole messages does, in pieces of any size', () => {
    for (const message of [INSERT, UPDATE, UPDATE_KEY, UPDATE_FULL, DELETE, MESSAGE]) {
      for (const size of [1, 2, 3, 7, 1000]) {
        const frame = read(xlogData(message, 0x77n), size);
        expect(frame.message).toEqual(decodePgoutput(message));
        expect(frame).toMatchObject({ walStart: 0x77n, cut: [] });
      }
    }
  });

  it('cuts large values out of the old and the new row: true size, beginning in whole characters', () => {
    const large = 'ä€😀'.repeat(2_000);
    const message = bytes()
      .tag('U')
      .u32(7)
      .tag('O')
      .u16(2)
      .text('1')
      .text(large)
      .tag('N')
      .u16(3)
      .text('2')
      .tag('n')
      .text('x'.repeat(9_000));
    const { message: update, cut, keptBytes } = read(xlogData(message.done()), 999);
    expect(update).toEqual({
      kind: 'update',
      relationOid: 7,
      before: { kind: 'full', tuple: ['1', UNCHANGED] },
      after: ['2', null, UNCHANGED],
    });
    expect(cut).toEqual([
      { side: 'before', column: 1, bytes: 18_000, preview: large.slice(0, cut[0]?.preview.length) },
      { side: 'after', column: 2, bytes: 9_000, preview: 'x'.repeat(2_048) },
    ]);
    expect(Buffer.byteLength(cut[0]?.preview ?? '')).toBeGreaterThan(2_040);
    expect(cut[0]?.preview).not.toContain('\ufffd');
    expect(keptBytes).toBeLessThan(5_000);
  });

  it('reads a field of nearly 1 GB without having it in memory', () => {
    const field = 1_000_000_000;
    const head = xlogData(bytes().tag('I').u32(7).tag('N').u16(2).text('1').tag('t').u32(field).done());
    const frames: LargeFrame[] = [];
    const reader = new LargeRowReader(head.length + field, (made) => frames.push(made));
    const before = process.memoryUsage().arrayBuffers;
    reader.take(head);
    const piece = Buffer.alloc(64 * 1024, 'z');
    for (let left = field; left > 0; left -= piece.length) reader.take(piece.subarray(0, left));
    reader.end();
    expect(frames[0]?.cut).toEqual([{ side: 'after', column: 1, bytes: field, preview: 'z'.repeat(2_048) }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });

  it('keeps the beginning of a large logical message and says how large it is', () => {
    const message = bytes().tag('M').u8(0).u64(9n).string('müll').u32(50_000).raw(Buffer.alloc(50_000, 'c')).done();
    expect(read(xlogData(message), 100).message).toEqual({
      kind: 'message',
      transactional: false,
      lsn: 9n,
      prefix: 'müll',
      content: Buffer.alloc(2_048, 'c'),
      cutBytes: 50_000,
    });
  });

  it('refuses what is short, long or of another kind', () => {
    const long = Buffer.concat([xlogData(INSERT), Buffer.from('x')]);
    const wide = bytes().tag('I').u32(7).tag('N').u16(2_000).done();
    for (const bad of [
      long,
      xlogData(INSERT).subarray(0, -1),
      xlogData(bytes().tag('R').u32(1).done()),
      xlogData(wide),
      Buffer.from('k'),
    ]) {
      expect(() => read(bad)).toThrow(refusal);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (noise, size) => {
        try {
          read(xlogData(Buffer.from(noise)), size);
        } catch (thrown) {
          expect(thrown).toEqual(refusal);
        }
      }),
    );
  });
});

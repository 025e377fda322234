import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes } from './golden-frames';
import { MessageSplitter } from './message-splitter';

const WHOLE = 64;

/** What came out, as text: `d` whole CopyData, `D` CopyData in pieces, `o` any other message. */
function split(reads: readonly Buffer[]): string[] {
  const out: string[] = [];
  const splitter = new MessageSplitter(WHOLE, {
    onCopyData: (copied, start, end) => out.push(`d ${copied.toString('latin1', start, end)}`),
    onLargeCopyData: () => {
      const pieces: Buffer[] = [];
      return { take: (piece) => pieces.push(Buffer.from(piece)), end: () => out.push(`D ${Buffer.concat(pieces).toString('latin1')}`) };
    },
    onOther: (message) => out.push(`o ${message.toString('latin1')}`),
  });
  for (const read of reads) splitter.take(read);
  return out;
}
const message = (type: string, body: Buffer) =>
  bytes()
    .tag(type)
    .u32(body.length + 4)
    .raw(body)
    .done();

describe('MessageSplitter', () => {
  it('makes the same messages of any bytes however they are cut into reads', () => {
    const one = fc.tuple(fc.constantFrom('d', 'd', 'Z', 'S'), fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (messages, cuts) => {
        const stream = Buffer.concat(messages.map(([type, body]) => message(type, Buffer.from(body))));
        const reads: Buffer[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1;
          reads.push(Buffer.from(stream.subarray(at, at + size)));
          at += size;
        }
        const texts = (reading: readonly Buffer[]) => split(reading).map((text) => text.replace(/^D/, 'd'));
        const wanted = messages.map(([type, body]) =>
          type === 'd' ? `d ${Buffer.from(body).toString('latin1')}` : `o ${message(type, Buffer.from(body)).toString('latin1')}`,
        );
        expect(texts(reads)).toEqual(wanted);
        expect(texts([stream])).toEqual(wanted);
      }),
    );
  });

  it('takes no memory for what a header only announces', () => {
    const announced = bytes().tag('d').u32(1_073_741_823).raw(Buffer.from('begins')).done();
    const before = process.memoryUsage().arrayBuffers;
    const parts: number[] = [];
    const splitter = new MessageSplitter(WHOLE, {
      onCopyData: () => undefined,
      onLargeCopyData: (size) => {
        parts.push(size);
        return { take: (piece) => parts.push(piece.length), end: () => undefined };
      },
      onOther: () => undefined,
    });
    splitter.take(announced);
    expect(parts).toEqual([1_073_741_819, 6]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });

  it('refuses lengths that cannot be, and any bytes end in messages or in that refusal', () => {
    const refusal = expect.objectContaining({ kind: 'protocol_error' });
    expect(() => split([bytes().tag('d').u32(3).done()])).toThrow(refusal);
    expect(() => split([bytes().tag('E').u32(900_000_000).done()])).toThrow(refusal);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        try {
          split([Buffer.from(noise)]);
        } catch (thrown) {
          expect(thrown).toEqual(refusal);
        }
      }),
    );
  });
});

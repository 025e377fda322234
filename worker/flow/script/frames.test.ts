import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameReader } from './frames';

test('frames come out of a stream whole, however it was cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.uint8Array({ maxLength: 40 })), { maxLength: 5 }),
      fc.integer({ min: 1, max: 30 }),
      (sent, step) => {
        const stream = Buffer.concat(sent.map(([text, bytes]) => encodeFrame({ text }, Buffer.from(bytes))));
        const reader = new FrameReader<{ text: string }>();
        const heard: [string, Uint8Array][] = [];
        for (let from = 0; from < stream.length; from += step) {
          reader.push(stream.subarray(from, from + step));
          for (let frame = reader.next(); frame; frame = reader.next()) heard.push([frame.head.text, new Uint8Array(frame.bytes)]);
        }
        expect(heard).toEqual(sent);
      },
    ),
  );
});

test('a length that cannot be is refused at once', () => {
  const reader = new FrameReader();
  reader.push(Buffer.from([255, 255, 255, 255]));
  expect(() => reader.next()).toThrow('4294967295');
});

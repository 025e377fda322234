import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNCHANGED } from '@/worker/source/source';
import { RowWriter } from './wire-row';

/** As `COPY … TO STDOUT` writes values (Postgres docs, COPY, text format). */
const escaped = (value: string) =>
  value.replaceAll(
    /[\b\f\n\r\t\v\\]/g,
    (found) => `\\${{ '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v' }[found] ?? found}`,
  );
const line = (row: readonly (string | null)[]) =>
  Buffer.from(`${row.map((value) => (value === null ? '\\N' : escaped(value))).join('\t')}\n`);

const value = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('\\', '\t', 'long '.repeat(60), 'x'), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('\\', 'N', '\t', '\n', '\r', '\b', '\f', '\v', '.', 'é', 'x') }),
);
const rows = (of: fc.Arbitrary<string | null | typeof UNCHANGED>) =>
  fc.nat(7).chain((columns) => fc.array(fc.array(of, { minLength: columns, maxLength: columns }), { maxLength: 20 }));

describe('RowWriter', () => {
  it('reads what a copy sends as the values that it stands for, whatever bytes they have', () => {
    fc.assert(
      fc.property(rows(value), (all) => {
        const writer = new RowWriter();
        const shared = Buffer.alloc(64 * 1024);
        const read = all.map((row) => {
          const bytes = line(row as (string | null)[]);
          const view = shared.subarray(0, bytes.copy(shared));
          const made = writer.copied(view, row.length);
          view.fill(0);
          return made;
        });
        expect(read.map(({ tuple }) => tuple)).toEqual(all);
        expect(read.map(({ endsEmpty }) => endsEmpty)).toEqual(all.map((row) => row.at(-1) === ''));
        expect(read.map((row) => row.values(1))).toEqual(
          read.map(({ tuple }) => (tuple.length > 0 ? tuple.slice(0, 1) : expect.anything())),
        );
      }),
    );
  });

  it('writes the same bytes of values as of a copy of them, and tells what was not sent from nothing', () => {
    fc.assert(
      fc.property(rows(value), (all) => {
        for (const row of all) {
          const copied = new RowWriter().copied(line(row as (string | null)[]), row.length);
          const written = new RowWriter().written(row);
          expect(written.bytes.subarray(written.afterAt, written.end)).toEqual(copied.bytes.subarray(copied.afterAt, copied.end));
        }
      }),
    );
    expect(new RowWriter().written(['a', UNCHANGED, null, '']).tuple).toEqual(['a', UNCHANGED, null, '']);
  });

  it('keeps rows of any size, and refuses one of another number of columns', () => {
    const writer = new RowWriter();
    const wide = 'x\t'.repeat(100_000);
    const sizes = [10, wide.length, 5, 60_000, 60_000, wide.length].map((size) => wide.slice(0, size));
    expect(sizes.map((text) => writer.copied(line(['1', text]), 2)).map(({ tuple }) => tuple)).toEqual(sizes.map((text) => ['1', text]));
    for (const columns of [1, 3]) expect(() => writer.copied(line(['a', 'b']), columns)).toThrow(/columns asked for/);
  });
});

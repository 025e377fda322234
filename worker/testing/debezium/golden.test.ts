import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { compareStreams, show } from './compare';
import { readGolden } from './golden';
import type { PeerEvent } from './peer-event';
import { eventMaker } from './spillway-side';
import { typeOfTable } from './workload/run-workload';

/** Captured by `npm run debezium-diff -- --capture`: changes of a live run, and what Debezium Engine sent for them. */
const { changes, theirs } = readGolden(readFileSync(new URL('golden/stream.jsonl', import.meta.url), 'utf8'));
const make = eventMaker({ ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' }, 'diff');
const ours = changes.flatMap((change) => make(change).events);
const unexplained = (left: readonly PeerEvent[], right: readonly PeerEvent[]) =>
  compareStreams(left, right, typeOfTable).unexplained.map(
    ({ type, table, path, ...sides }) => `${type || table} ${path}: ${show(sides.ours)} / ${show(sides.theirs)}`,
  );

describe('the default flow beside what Debezium sent', () => {
  it('is the same in every key, value, header and tombstone, but for the differences that are meant', () => {
    expect(theirs.length).toBeGreaterThan(700);
    expect(unexplained(ours, theirs)).toEqual([]);
  });

  it('would be told apart by a single lost digit, event, header or tombstone', () => {
    const at = theirs.findIndex(({ value }) => value?.includes('9223372036854775807'));
    const digit = theirs.map((event, index) =>
      index === at ? { ...event, value: event.value?.replace('9223372036854775807', '9223372036854775806') ?? null } : event,
    );
    expect(unexplained(ours, digit)).toHaveLength(1);
    expect(unexplained(ours, theirs.toSpliced(at, 1))).toHaveLength(1);
    expect(
      unexplained(
        ours,
        theirs.filter(({ value }) => value !== null),
      ).length,
    ).toBeGreaterThan(0);
    expect(
      unexplained(
        ours,
        theirs.map((event) => ({ ...event, headers: {} })),
      ).length,
    ).toBeGreaterThan(0);
  });
});

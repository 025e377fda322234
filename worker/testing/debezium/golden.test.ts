import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rowEncodersIn } from '@/worker/flow/row-encoder';
import { compareStreams, show } from './compare';
import { CONFIGURATIONS, READABLE, TRANSACTIONS } from './configurations';
import { readGolden } from './golden';
import { type GoldenRow, readGoldenValues } from './golden-values';
import type { PeerEvent } from './peer-event';
import { eventMaker } from './spillway-side';
import { typeOfTable } from './workload/run-workload';

/** Captured by `npm run debezium-diff -- --capture`: changes of a live run, and what Debezium Engine sent for them. */
const file = (name: string) => readFileSync(new URL(`golden/${name}.jsonl`, import.meta.url), 'utf8');
const captured = (name: string, { flow, name: database }: typeof READABLE) => {
  const { changes, theirs } = readGolden(file(name));
  const make = eventMaker(flow, database);
  return { ours: changes.flatMap((change) => make(change).events), theirs };
};
const unexplained = (left: readonly PeerEvent[], right: readonly PeerEvent[]) =>
  compareStreams(left, right, typeOfTable).unexplained.map(
    ({ type, table, path, ...sides }) => `${type || table} ${path}: ${show(sides.ours)} / ${show(sides.theirs)}`,
  );

describe('the flow that a new stream starts with, beside what Debezium sent', () => {
  const { ours, theirs } = captured('stream', READABLE);

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

describe('values in other modes, beside what Debezium wrote', () => {
  const rows = readGoldenValues(file('values'));
  const event = (after: string, { relation }: GoldenRow, index: number): PeerEvent => ({
    key: null,
    value: `{"after":${after},"source":{"schema":"${relation.schema}","table":"${relation.table}","lsn":${index}},"op":"c"}`,
    headers: {},
  });

  it.each(CONFIGURATIONS)('are the same in the modes of $name, but for the differences that are meant', ({ name, flow }) => {
    const encoderOf = rowEncodersIn(flow);
    const ours = rows.map((golden, index) => event(encoderOf(golden.relation).row(golden.row, null), golden, index));
    const theirs = rows.map((golden, index) => event(golden.afterIn(name), golden, index));
    expect(rows.length).toBeGreaterThan(150);
    expect(unexplained(ours, theirs)).toEqual([]);
  });
});

it('the transaction block is that of Debezium, but for the differences that are meant', () => {
  const { ours, theirs } = captured('transactions', TRANSACTIONS);
  expect(theirs.filter(({ value }) => value?.includes('"transaction":{"id":"')).length).toBeGreaterThan(20);
  expect(unexplained(ours, theirs)).toEqual([]);
});

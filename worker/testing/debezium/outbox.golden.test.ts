import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compareOutbox, type OutboxRun } from './outbox-runs';
import { OUTBOX_CASES } from './workload/outbox-cases';

/** Captured by `npm run outbox-diff -- --capture`: changes of a live run, and what Debezium's outbox event router sent for them. */
const runs = readFileSync(new URL('golden/outbox.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as OutboxRun);

it.each(runs)('case $name: topic, key, value and headers are those of Debezium’s outbox event router', (run) => {
  expect(run.theirs.length).toBeGreaterThan(0);
  expect(compareOutbox(run)).toEqual({ events: run.theirs.length, different: [] });
});

it('every case was captured, and a change of any part would be told', () => {
  expect(runs.map(({ name }) => name)).toEqual(OUTBOX_CASES.map(({ name }) => name));
  const [run] = runs;
  const [first, ...rest] = run?.theirs ?? [];
  if (!run || !first) throw new Error('nothing was captured');
  for (const part of [{ topic: 'other' }, { key: '"9"' }, { value: null }, { headers: {} }])
    expect(compareOutbox({ ...run, theirs: [{ ...first, ...part }, ...rest] }).different).toHaveLength(1);
  expect(compareOutbox({ ...run, theirs: rest }).different).not.toEqual([]);
});

import { describe, expect, test } from 'vitest';
import type { StreamState } from '@/core/lifecycle/stream-state';
import type { ProvisionRow, StreamRow } from './catalog/streams';
import { specFor } from './fixture-spec';
import { type Action, type RunningPipeline, reconcile, waitsFor } from './reconcile';

const spec = specFor('orders', 'shop', 'orders', 'log');
const provision: ProvisionRow = {
  sourceId: 'source',
  slotName: 'spillway_orders_00000000',
  publicationName: 'spillway_orders_00000000',
  sourceHash: 'hash-1',
  walBudgetBytes: 1,
  status: 'ready',
  systemIdentifier: '7',
  consistentPoint: '0/1',
  snapshotState: 'done',
  promisedLsn: null,
};
const stream = (over: Partial<StreamRow> = {}): StreamRow => ({
  id: 'stream',
  name: 'orders',
  desired: 'running',
  state: 'streaming',
  stateDetail: null,
  restartNonce: 0,
  revision: { id: 'r1', number: 1, sourceHash: 'hash-1', spec },
  approvedBudgetBytes: 1,
  provision,
  lease: { workerId: 'me', epoch: 1, expired: false },
  connectionStamp: 'stamp-1',
  ...over,
});
const running: RunningPipeline = { streamId: 'stream', revisionId: 'r1', restartNonce: 0, connectionStamp: 'stamp-1' };
const revision2 = { id: 'r2', number: 2, sourceHash: 'hash-2', spec };
const others = { workerId: 'other', epoch: 2, expired: false };

type Case = [name: string, over: Partial<StreamRow>, running: RunningPipeline | null, mayTry: boolean, action: Action['type']];
const CASES: Case[] = [
  ['runs as wanted', {}, running, true, 'none'],
  ['should run and does not', {}, null, true, 'start'],
  ['should run, but its back-off is not over', {}, null, false, 'none'],
  ['never leased', { lease: null }, null, true, 'start'],
  ['leased by another worker', { lease: others }, null, true, 'none'],
  ['leased by another worker and running here', { lease: others }, running, true, 'stop'],
  ['lease of another worker expired', { lease: { ...others, expired: true } }, null, true, 'start'],
  ['a new revision of the same source part', { revision: { ...revision2, sourceHash: 'hash-1' } }, running, true, 'replace'],
  ['a person asked for a restart', { restartNonce: 1 }, running, true, 'replace'],
  ['its source or target was edited', { connectionStamp: 'stamp-2' }, running, true, 'replace'],
  ['an approved new source part, still running the old', { revision: revision2 }, running, true, 'stop'],
  ['an approved new source part, stopped', { revision: revision2 }, null, true, 'provision'],
  ['not approved', { approvedBudgetBytes: null }, null, true, 'none'],
  ['not approved any more, still running', { approvedBudgetBytes: null }, running, true, 'stop'],
  ['nothing provisioned yet', { provision: null }, null, true, 'provision'],
  ['provisioning failed just now', { provision: null }, null, false, 'none'],
  ['crashed between intent and publication', { provision: { ...provision, status: 'intent' } }, null, true, 'provision'],
  ['crashed in the middle of a drop', { provision: { ...provision, status: 'dropping' } }, null, true, 'provision'],
  ['dropped', { provision: { ...provision, status: 'dropped' } }, null, true, 'provision'],
  ['every row it was declared for is delivered', { rowsDelivered: true }, running, true, 'stop'],
  ['every row delivered, process gone', { rowsDelivered: true }, null, true, 'complete'],
  ['every row read, a dead letter waits for a decision', { rowsDelivered: false }, running, true, 'none'],
  ['paused before it could end', { rowsDelivered: true, desired: 'paused', state: 'paused' }, null, true, 'none'],
  ['lost its slot and begins anew by itself', { state: 'slot_lost', selfRecoveries: 2 }, null, false, 'recover'],
  ['lost its slot, its process still there', { state: 'slot_lost', selfRecoveries: 0 }, running, false, 'none'],
  ['lost its slot once too often within the hour', { state: 'slot_lost', selfRecoveries: 3 }, null, false, 'none'],
  ['paused and running', { desired: 'paused' }, running, true, 'stop'],
  ['paused, process gone', { desired: 'paused' }, null, true, 'settle-paused'],
  ['paused and settled', { desired: 'paused', state: 'paused' }, null, true, 'none'],
  ['paused with a lost slot: that is not hidden', { desired: 'paused', state: 'slot_lost' }, null, true, 'none'],
  ['retired and running', { desired: 'retired' }, running, true, 'stop'],
  ['retired, process gone', { desired: 'retired' }, null, true, 'retire'],
  ['retired, the drop failed just now', { desired: 'retired' }, null, false, 'none'],
  ['retired, of another worker', { desired: 'retired', lease: others }, null, true, 'none'],
];

describe('one action for one stream', () => {
  test.each(CASES)('%s', (_name, over, run, mayTry, action) => {
    expect(reconcile({ stream: stream(over), running: run, workerId: 'me', mayTry }).type).toBe(action);
  });
});

test('a stream that waits for a person says what has to change; others wait for nobody', () => {
  const states: StreamState[] = ['failed', 'slot_lost', 'position_mismatch'];
  for (const state of states) {
    const marked = stream({ state, restartNonce: 3, stateDetail: { atRestartNonce: 2, atRevisionId: 'r0', atDesired: 'paused' } });
    expect(waitsFor(marked)).toEqual({ restartNonce: 2, revisionId: 'r0', desired: 'paused' });
    expect(waitsFor(stream({ state, restartNonce: 3 })), 'without a mark: from now on').toEqual({
      restartNonce: 3,
      revisionId: 'r1',
      desired: 'running',
    });
    expect(waitsFor(stream({ state, desired: 'retired' })), 'a drop waits for nobody').toBeNull();
  }
  expect(waitsFor(stream({ state: 'retrying' }))).toBeNull();
});

import { expect, it } from 'vitest';
import { type FailoverFacts, failoverReadiness, type StandbyFacts } from './failover-readiness';

const synced = { slotName: 'spw_a', slotType: 'logical', synced: true, temporary: false, invalidationReason: null };
const standby: StandbyFacts = {
  name: 'db2:5432',
  error: null,
  inRecovery: true,
  hotStandbyFeedback: true,
  syncReplicationSlots: true,
  primarySlotName: 'sb1',
  slots: [synced],
};
const facts: FailoverFacts = {
  slotName: 'spw_a',
  versionNum: 180_004,
  failover: true,
  patroni: false,
  failoverSlots: ['spw_a', 'spw_b'],
  standbys: [standby],
};
const withSlots = (...slots: StandbyFacts['slots']) => ({ ...facts, standbys: [{ ...standby, slots }] });

it('a slot is ready only when every named standby holds it for good', () => {
  expect(failoverReadiness(facts)).toEqual({
    state: 'ready',
    sentence: 'The slot is synced to db2:5432 and outlives a failover.',
    remedy: null,
  });
  const temporary = withSlots({ ...synced, temporary: true });
  expect(failoverReadiness(temporary)).toMatchObject({ state: 'not_yet', sentence: expect.stringContaining('temporary on db2:5432') });
  const third = { ...standby, name: 'db3:5432', slots: [] };
  expect(failoverReadiness({ ...facts, standbys: [standby, third] })).toMatchObject({ state: 'not_yet' });
  expect(failoverReadiness(withSlots({ ...synced, invalidationReason: 'rows_removed' })).sentence).toContain('rows_removed');
});

it('names what is missing', () => {
  expect(failoverReadiness({ ...facts, standbys: [] }).state).toBe('no_standby');
  expect(failoverReadiness({ ...facts, versionNum: 160_000 }).state).toBe('too_old');
  expect(failoverReadiness({ ...facts, failover: false }).remedy).toContain('ALTER_REPLICATION_SLOT spw_a (FAILOVER true)');
  const off = { ...standby, slots: [], syncReplicationSlots: false };
  expect(failoverReadiness({ ...facts, standbys: [off] }).remedy).toContain('ALTER SYSTEM SET sync_replication_slots = on');
  const noFeedback = { ...standby, slots: [], hotStandbyFeedback: false };
  expect(failoverReadiness({ ...facts, standbys: [noFeedback] }).remedy).toContain('hot_standby_feedback');
  const away = { ...standby, error: 'connection refused' };
  expect(failoverReadiness({ ...facts, standbys: [away] }).sentence).toContain('connection refused');
});

it('a slot of its own that blocks the sync of all is named with the drop, and a second primary too', () => {
  const own = withSlots({ ...synced, slotName: 'spw_b', synced: false });
  expect(failoverReadiness(own)).toMatchObject({
    state: 'blocked',
    remedy: "On db2:5432: SELECT pg_drop_replication_slot('spw_b');",
  });
  expect(failoverReadiness({ ...facts, standbys: [{ ...standby, inRecovery: false }] }).state).toBe('blocked');
});

it('with Patroni the copy on the member counts, on any version', () => {
  const patroni = { ...facts, versionNum: 150_000, failover: false, patroni: true };
  const copied = { ...standby, syncReplicationSlots: null, slots: [{ ...synced, synced: false }] };
  expect(failoverReadiness({ ...patroni, standbys: [copied] }).state).toBe('ready');
  expect(failoverReadiness({ ...patroni, standbys: [{ ...copied, slots: [] }] }).state).toBe('not_yet');
});

import { describe, expect, it } from 'vitest';
import type { SlotDto } from '@/core/dto/slot';
import { slotVerdict, sortSlots } from './slot-standing';

function slot(over: Partial<SlotDto>): SlotDto {
  return {
    slotName: 'spillway_orders_0a1b2c3d',
    slotType: 'logical',
    plugin: 'pgoutput',
    database: 'shop',
    temporary: false,
    active: true,
    activePid: 1,
    applicationName: null,
    clientAddress: null,
    username: null,
    restartLsn: '0/1',
    confirmedFlushLsn: '0/1',
    walStatus: 'reserved',
    safeWalSize: null,
    retainedBytes: 1000,
    lagBytes: 0,
    inactiveSince: null,
    invalidationReason: null,
    failover: false,
    stream: { id: 's', name: 'orders', walBudgetBytes: 2000 },
    orphan: false,
    verdict: null,
    failoverVerdict: null,
    observedAt: '2026-11-21T09:00:00.000Z',
    ...over,
  };
}

describe('slots', () => {
  it('say what can still be saved before what is lost already', () => {
    const names = sortSlots([
      slot({ slotName: 'fine' }),
      slot({ slotName: 'orphan', orphan: true, stream: null }),
      slot({ slotName: 'lost', walStatus: 'lost', invalidationReason: 'wal_removed' }),
      slot({ slotName: 'over', retainedBytes: 2000 }),
      slot({ slotName: 'dying', walStatus: 'unreserved' }),
      slot({ slotName: 'idle', active: false, stream: null, retainedBytes: 2 ** 30 }),
    ]).map((each) => each.slotName);
    expect(names).toEqual(['dying', 'lost', 'over', 'orphan', 'idle', 'fine']);
  });

  it('explain a loss by its reason', () => {
    expect(slotVerdict(slot({ invalidationReason: 'idle_timeout' })).sentence).toContain('idle_replication_slot_timeout');
    expect(slotVerdict(slot({ walStatus: 'lost' })).word).toBe('Lost');
  });

  it('take a short rest of a small slot for what it is', () => {
    expect(slotVerdict(slot({ active: false })).tone).toBe('neutral');
  });
});

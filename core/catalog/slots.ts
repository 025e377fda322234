import type { SlotDto, SourceSlotsDto } from '@/core/dto/slot';
import { mayRead } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { OUR_SLOT_PREFIX } from '@/core/postgres/identifiers';
import { catalog } from './client';
import { toFailoverVerdict, toVerdict } from './figures';
import { OBSERVATION_COLUMNS, toObservation } from './sources';
import { toIso, toNumber } from './values';

/**
 * Every slot of every source as last observed, ours and foreign. Admins and auditors see all of them; others the slots of
 * their own teams' streams, because the rest names other teams' streams and other systems' addresses.
 */
export async function listSlots(actor: PersonActor): Promise<SourceSlotsDto[]> {
  const [sources, claims] = await Promise.all([
    catalog().sourceDatabase.findMany({
      where: { removedAt: null },
      orderBy: { name: 'asc' },
      select: {
        id: true,
        name: true,
        slotLimit: true,
        observation: { select: OBSERVATION_COLUMNS },
        slots: { orderBy: { slotName: 'asc' }, select: SLOT_COLUMNS },
      },
    }),
    catalog().provision.findMany({
      where: { status: { not: 'dropped' } },
      select: { slotName: true, walBudgetBytes: true, stream: { select: { id: true, name: true, teamId: true } } },
    }),
  ]);
  // By name alone: a server registered twice, or once for each of its databases, shows every slot under each source,
  // and a slot that a stream reads through the other one must never be called an orphan that may be dropped.
  const claimed = new Map<string, Claim>(claims.map((claim) => [claim.slotName, claim]));
  const seesAll = actor.platformRole !== 'none';
  return sources.map((source) => ({
    sourceId: source.id,
    sourceName: source.name,
    slotLimit: source.slotLimit,
    observation: toObservation(source.observation),
    slots: source.slots.flatMap((slot) => {
      const claim = claimed.get(slot.slotName);
      return seesAll || (claim && mayRead(actor, claim.stream.teamId)) ? [toSlot(slot, claim)] : [];
    }),
  }));
}

const SLOT_COLUMNS = {
  slotName: true,
  slotType: true,
  plugin: true,
  database: true,
  temporary: true,
  active: true,
  activePid: true,
  applicationName: true,
  clientAddress: true,
  username: true,
  restartLsn: true,
  confirmedFlushLsn: true,
  walStatus: true,
  safeWalSize: true,
  retainedBytes: true,
  lagBytes: true,
  inactiveSince: true,
  invalidationReason: true,
  failover: true,
  verdict: true,
  failoverVerdict: true,
  observedAt: true,
} as const;

interface Claim {
  readonly walBudgetBytes: bigint;
  readonly stream: { readonly id: string; readonly name: string; readonly teamId: string };
}

type SlotRow = Omit<
  SlotDto,
  'safeWalSize' | 'retainedBytes' | 'lagBytes' | 'inactiveSince' | 'observedAt' | 'stream' | 'orphan' | 'verdict' | 'failoverVerdict'
> & {
  readonly safeWalSize: bigint | null;
  readonly retainedBytes: bigint | null;
  readonly lagBytes: bigint | null;
  readonly inactiveSince: Date | null;
  readonly observedAt: Date;
  readonly verdict: unknown;
  readonly failoverVerdict: unknown;
};

function toSlot(row: SlotRow, claim: Claim | undefined): SlotDto {
  return {
    ...row,
    safeWalSize: toNumber(row.safeWalSize),
    retainedBytes: toNumber(row.retainedBytes),
    lagBytes: toNumber(row.lagBytes),
    inactiveSince: toIso(row.inactiveSince),
    observedAt: toIso(row.observedAt),
    verdict: toVerdict(row.verdict, row.observedAt, Date.now()),
    failoverVerdict: toFailoverVerdict(row.failoverVerdict, row.observedAt, Date.now()),
    stream: claim ? { id: claim.stream.id, name: claim.stream.name, walBudgetBytes: toNumber(claim.walBudgetBytes) } : null,
    orphan: !claim && row.slotName.startsWith(OUR_SLOT_PREFIX),
  };
}

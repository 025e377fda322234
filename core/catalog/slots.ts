import type { SlotDto, SlotQuery, SlotsPageDto } from '@/core/dto/slot';
import { needsLook, sortSlots } from '@/core/lifecycle/slot-standing';
import { mayRead } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { OUR_SLOT_PREFIX } from '@/core/postgres/identifiers';
import { catalog } from './client';
import { toFailoverVerdict, toVerdict } from './figures';
import { OBSERVATION_COLUMNS, toObservation } from './sources';
import { toIso, toNumber } from './values';

/** Sources, or slots of one source, on a page. */
const A_PAGE = 50;
/** So many slots are shown of all sources of a page together, but never fewer than three of each. */
const OVERVIEW_SLOTS = 60;
const OVERVIEW_SOURCES = 20;

/**
 * Slots of every source as last observed, ours and foreign. Admins and auditors see all of them; others the slots of
 * their own teams' streams, because the rest names other teams' streams and other systems' addresses.
 */
export async function listSlots(actor: PersonActor, { text, needsLook: urgent, sourceId, page }: SlotQuery): Promise<SlotsPageDto> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = await readSources(actor);
  const matching = all
    .filter((source) => sourceId === null || source.sourceId === sourceId)
    .map((source) => ({
      ...source,
      found: source.seen.filter((slot) => (!urgent || needsLook(slot)) && isFound(words, source.sourceName, slot)),
    }))
    .filter(({ found }) => found.length > 0 || (words.length === 0 && !urgent));
  const one = sourceId !== null;
  const size = one ? A_PAGE : OVERVIEW_SOURCES;
  const count = one ? (matching[0]?.found.length ?? 0) : matching.length;
  const pages = Math.max(1, Math.ceil(count / size));
  const from = (Math.min(page, pages) - 1) * size;
  const sources = one ? matching : matching.slice(from, from + size);
  const each = Math.max(3, Math.floor(OVERVIEW_SLOTS / Math.max(1, sources.length)));
  return {
    sources: sources.map(({ seen, found, ...source }) => ({
      ...source,
      slots: one ? sortSlots(found).slice(from, from + size) : sortSlots(found).slice(0, each),
      matching: found.length,
      ours: seen.filter((slot) => slot.stream !== null).length,
    })),
    needLook: all.reduce((sum, { seen }) => sum + seen.filter(needsLook).length, 0),
    allSources: all.length,
    page: Math.min(page, pages),
    pages,
    pageSize: size,
    matching: count,
  };
}

function isFound(words: readonly string[], sourceName: string, slot: SlotDto): boolean {
  const text = `${slot.slotName} ${slot.stream?.name ?? ''} ${sourceName}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Every source with the slots on it that this person may see. */
async function readSources(actor: PersonActor) {
  const [sources, claims] = await Promise.all([
    catalog().sourceDatabase.findMany({
      where: { removedAt: null },
      orderBy: { name: 'asc' },
      select: {
        id: true,
        name: true,
        slotLimit: true,
        observation: { select: OBSERVATION_COLUMNS },
        slots: { select: SLOT_COLUMNS },
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
    seen: source.slots.flatMap((slot) => {
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

import type { SlotDto, SlotQuery, SlotsPageDto } from '@/core/dto/slot';
import { needsLook, type StandingSlot, sortSlots } from '@/core/lifecycle/slot-standing';
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
 * What decides order and match is read of all slots, in one narrow statement; the rest of those that are shown.
 */
export async function listSlots(actor: PersonActor, { text, needsLook: urgent, sourceId, page }: SlotQuery): Promise<SlotsPageDto> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const [sources, slots] = await Promise.all([readSources(), readStandings(actor)]);
  const all = sources.map((source) => ({ ...source, seen: slots.get(source.sourceId) ?? [] }));
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
  const onPage = one ? matching : matching.slice(from, from + size);
  const each = Math.max(3, Math.floor(OVERVIEW_SLOTS / Math.max(1, onPage.length)));
  const shown = onPage.map(({ found }) => (one ? sortSlots(found).slice(from, from + size) : sortSlots(found).slice(0, each)));
  const details = await readDetails(shown.flat());
  return {
    sources: onPage.map(({ seen, found, ...source }, at) => ({
      ...source,
      slots: (shown[at] ?? []).flatMap((slot) => details(slot) ?? []),
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

function isFound(words: readonly string[], sourceName: string, slot: Standing): boolean {
  const text = `${slot.slotName} ${slot.stream?.name ?? ''} ${sourceName}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

async function readSources() {
  const sources = await catalog().sourceDatabase.findMany({
    where: { removedAt: null },
    orderBy: { name: 'asc' },
    select: { id: true, name: true, slotLimit: true, observation: { select: OBSERVATION_COLUMNS } },
  });
  return sources.map(({ id, name, slotLimit, observation }) => ({
    sourceId: id,
    sourceName: name,
    slotLimit,
    observation: toObservation(observation),
  }));
}

type Standing = StandingSlot & { readonly sourceId: string; readonly stream: SlotDto['stream'] };

interface StandingRow {
  readonly source_id: string;
  readonly slot_name: string;
  readonly wal_status: string | null;
  readonly invalidation_reason: string | null;
  readonly active: boolean;
  readonly retained: number | null;
  readonly stream_id: string | null;
  readonly stream_name: string | null;
  readonly budget: number | null;
}

/**
 * The slots of each source that this person may see. A claim counts by the slot's name alone: a server registered twice, or once for each of
 * its databases, shows every slot under each source, and a slot that a stream reads through the other one must never be called an orphan
 * that may be dropped.
 */
async function readStandings(actor: PersonActor): Promise<ReadonlyMap<string, Standing[]>> {
  const seesAll = actor.platformRole !== 'none';
  const rows = await catalog().$queryRaw<StandingRow[]>`
    select o.source_id::text, o.slot_name, o.wal_status, o.invalidation_reason, o.active, o.retained_bytes::float8 as retained,
           c.stream_id::text, c.stream_name, c.budget
      from slot_observation o
      left join (select distinct on (p.slot_name) p.slot_name, p.stream_id, p.wal_budget_bytes::float8 as budget, s.name as stream_name, s.team_id
                   from provision p join stream s on s.id = p.stream_id where p.status <> 'dropped' order by p.slot_name, p.stream_id) c
             on c.slot_name = o.slot_name
     where ${seesAll} or c.team_id = any(${actor.teams.map(({ id }) => id)}::uuid[])`;
  const bySource = new Map<string, Standing[]>();
  for (const row of rows) {
    const { stream_id: id, stream_name: name } = row;
    const slots = bySource.get(row.source_id) ?? [];
    slots.push({
      sourceId: row.source_id,
      slotName: row.slot_name,
      walStatus: row.wal_status,
      invalidationReason: row.invalidation_reason,
      active: row.active,
      retainedBytes: row.retained,
      stream: id !== null && name !== null ? { id, name, walBudgetBytes: row.budget } : null,
      orphan: id === null && row.slot_name.startsWith(OUR_SLOT_PREFIX),
    });
    bySource.set(row.source_id, slots);
  }
  return bySource;
}

const SLOT_COLUMNS = {
  sourceId: true,
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

type SlotRow = Omit<
  SlotDto,
  'safeWalSize' | 'retainedBytes' | 'lagBytes' | 'inactiveSince' | 'observedAt' | 'stream' | 'orphan' | 'verdict' | 'failoverVerdict'
> & {
  readonly sourceId: string;
  readonly safeWalSize: bigint | null;
  readonly retainedBytes: bigint | null;
  readonly lagBytes: bigint | null;
  readonly inactiveSince: Date | null;
  readonly observedAt: Date;
  readonly verdict: unknown;
  readonly failoverVerdict: unknown;
};

/** Everything of these slots; null of one that went meanwhile. */
async function readDetails(shown: readonly Standing[]): Promise<(slot: Standing) => SlotDto | null> {
  const names = shown.map(({ slotName }) => slotName);
  const rows =
    names.length === 0 ? [] : await catalog().slotObservation.findMany({ where: { slotName: { in: names } }, select: SLOT_COLUMNS });
  const found = new Map(rows.map((row) => [`${row.sourceId} ${row.slotName}`, row]));
  const now = Date.now();
  return (slot) => {
    const row = found.get(`${slot.sourceId} ${slot.slotName}`);
    return row ? toSlot(row, slot, now) : null;
  };
}

function toSlot({ sourceId: _, ...row }: SlotRow, { stream, orphan }: Standing, now: number): SlotDto {
  return {
    ...row,
    safeWalSize: toNumber(row.safeWalSize),
    retainedBytes: toNumber(row.retainedBytes),
    lagBytes: toNumber(row.lagBytes),
    inactiveSince: toIso(row.inactiveSince),
    observedAt: toIso(row.observedAt),
    verdict: toVerdict(row.verdict, row.observedAt, now),
    failoverVerdict: toFailoverVerdict(row.failoverVerdict, row.observedAt, now),
    stream,
    orphan,
  };
}

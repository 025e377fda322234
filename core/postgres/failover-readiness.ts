/** A slot as a standby shows it. */
export interface StandbySlot {
  readonly slotName: string;
  readonly slotType: string;
  /** Copied from the primary by the slot sync worker (Postgres 17 and later). */
  readonly synced: boolean;
  readonly temporary: boolean;
  readonly invalidationReason: string | null;
}

/** One named host besides the one that takes writes, as it answered last. */
export interface StandbyFacts {
  /** `host:port` */
  readonly name: string;
  /** Why it could not be looked at; null when it answered. */
  readonly error: string | null;
  readonly inRecovery: boolean;
  readonly hotStandbyFeedback: boolean;
  /** Null before Postgres 17. */
  readonly syncReplicationSlots: boolean | null;
  readonly primarySlotName: string;
  readonly slots: readonly StandbySlot[];
}

export interface FailoverFacts {
  readonly slotName: string;
  /** server_version_num of the primary. */
  readonly versionNum: number;
  /** The slot was made with FAILOVER. */
  readonly failover: boolean;
  /** Patroni keeps the slot on the members. */
  readonly patroni: boolean;
  /** Names of the primary's slots that are to be synced. */
  readonly failoverSlots: readonly string[];
  readonly standbys: readonly StandbyFacts[];
}

export type FailoverState = 'ready' | 'not_yet' | 'blocked' | 'no_standby' | 'too_old';

/** Whether a slot outlives its server. */
export interface FailoverVerdict {
  readonly state: FailoverState;
  /** One sentence that names the host and the reason. */
  readonly sentence: string;
  /** SQL or setting that mends it. */
  readonly remedy: string | null;
}

const FIRST_WITH_SYNC = 170_000;

/**
 * Ready only when each named standby holds the slot as `synced AND NOT temporary AND invalidation_reason IS NULL`, read there: a slot
 * that is still temporary is thrown away by a promotion (Postgres docs, 47.2.3: slot synchronization). Pure.
 */
export function failoverReadiness(facts: FailoverFacts): FailoverVerdict {
  const { slotName, versionNum, failover, patroni, standbys } = facts;
  if (standbys.length === 0) {
    return {
      state: 'no_standby',
      sentence: 'No standby is named for this source: when the server is lost, the slot is lost with it.',
      remedy: 'Name the standby hosts of the source under Sources.',
    };
  }
  if (!patroni && versionNum < FIRST_WITH_SYNC) {
    return {
      state: 'too_old',
      sentence: 'The server is older than PostgreSQL 17: its standbys take over no logical slots, so a failover loses this one.',
      remedy: 'Upgrade to PostgreSQL 17 or later, or let Patroni keep the slot.',
    };
  }
  if (!patroni && !failover) {
    return {
      state: 'not_yet',
      sentence: 'The slot was made without FAILOVER, so no standby takes it over.',
      remedy: `On a replication connection, while the stream is paused: ALTER_REPLICATION_SLOT ${slotName} (FAILOVER true)`,
    };
  }
  const found = standbys.map((standby) => onStandby(standby, facts));
  const bad = found.find(({ state }) => state === 'blocked') ?? found.find(({ state }) => state !== 'ready');
  if (bad) return bad;
  const names = standbys.map(({ name }) => name).join(' and ');
  if (patroni) return { state: 'ready', sentence: `Patroni keeps a copy of the slot on ${names}.`, remedy: null };
  return { state: 'ready', sentence: `The slot is synced to ${names} and outlives a failover.`, remedy: null };
}

function onStandby(standby: StandbyFacts, facts: FailoverFacts): FailoverVerdict {
  const { name, error, inRecovery, slots } = standby;
  const { slotName, patroni, failoverSlots } = facts;
  const notYet = (sentence: string, remedy: string | null = null): FailoverVerdict => ({ state: 'not_yet', sentence, remedy });
  if (error !== null) return notYet(`${name} could not be looked at, so nothing is known of the slot there: ${error}`);
  if (!inRecovery) {
    return {
      state: 'blocked',
      sentence: `${name} takes writes too: it is no standby of the server that is read.`,
      remedy: 'Stop it, and make it a standby of the present primary.',
    };
  }
  const slot = slots.find((seen) => seen.slotName === slotName);
  if (patroni)
    return slot && !slot.temporary && !slot.invalidationReason
      ? ready()
      : notYet(`Patroni has not made the slot on ${name} yet.`, 'Set hot_standby_feedback = on; nofailover members hold no slots.');
  const own = slots.find((seen) => seen.slotType === 'logical' && !seen.synced && failoverSlots.includes(seen.slotName));
  if (own) {
    return {
      state: 'blocked',
      sentence: `${name} holds a slot ${own.slotName} of its own (synced = false), left from when it was the primary; until that is dropped, no slot is synced there.`,
      remedy: `On ${name}: SELECT pg_drop_replication_slot('${own.slotName}');`,
    };
  }
  if (slot?.invalidationReason) return notYet(`The copy of the slot on ${name} is invalid: ${slot.invalidationReason}.`);
  if (slot?.synced && !slot.temporary) return ready();
  const setting = missingSetting(standby);
  if (setting) return notYet(`${name} does not sync slots: ${setting.finding}.`, `On ${name}: ${setting.remedy}`);
  if (slot) {
    return notYet(
      `The slot is still temporary on ${name}: a failover now would lose it. It becomes safe once the stream confirms a newer position.`,
    );
  }
  return notYet(`${name} has not taken the slot over yet.`);
}

function ready(): FailoverVerdict {
  return { state: 'ready', sentence: '', remedy: null };
}

/** The first setting of a standby that keeps slots from being synced; null when all are right. */
export function missingSetting(
  standby: Pick<StandbyFacts, 'syncReplicationSlots' | 'hotStandbyFeedback' | 'primarySlotName'>,
): { readonly name: string; readonly finding: string; readonly remedy: string } | null {
  const set = (name: string, value: string) => `ALTER SYSTEM SET ${name} = ${value}; SELECT pg_reload_conf();`;
  if (!standby.syncReplicationSlots)
    return { name: 'sync_replication_slots', finding: 'sync_replication_slots is off', remedy: set('sync_replication_slots', 'on') };
  if (!standby.hotStandbyFeedback)
    return { name: 'hot_standby_feedback', finding: 'hot_standby_feedback is off', remedy: set('hot_standby_feedback', 'on') };
  if (standby.primarySlotName === '')
    return { name: 'primary_slot_name', finding: 'primary_slot_name is empty', remedy: set('primary_slot_name', "'<its physical slot>'") };
  return null;
}

import { SpillwayError } from '@/core/errors';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { withSource } from './connection';

const QUERY_CHARACTERS = 200;
const MOST = 20;

/** A transaction that slot creation has to wait for. */
export interface Blocker {
  /** null for a prepared transaction. */
  readonly pid: number | null;
  readonly xactStart: string | null;
  /** Cut to 200 characters; the server hides it from roles without pg_read_all_stats. */
  readonly query: string | null;
  readonly applicationName: string | null;
}

const BLOCKERS = `
select pid, to_json(xact_start) #>> '{}' as "xactStart", left(query, ${QUERY_CHARACTERS}) as query, application_name as "applicationName"
  from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
union all
select null, to_json(prepared) #>> '{}', left('prepared transaction ' || gid, ${QUERY_CHARACTERS}), null from pg_prepared_xacts
 order by 2 limit ${MOST}`;

/** The error for a slot that could not be made in time: who holds it up. */
export async function slotCreationBlocked(source: SourceConnection, slotName: string, waitedMs: number): Promise<SpillwayError> {
  const blockers = await readBlockers(source).catch((): Blocker[] => []);
  const first = blockers[0];
  const who = first
    ? `: process ${first.pid ?? '(prepared)'} has had a transaction open since ${first.xactStart ?? 'an unknown time'}`
    : '';
  return new SpillwayError(
    'slot_creation_blocked',
    `Slot ${slotName} could not be made within ${Math.round(waitedMs / 1000)} s because of ${blockers.length} open write transaction${blockers.length === 1 ? '' : 's'}${who}`,
    { blockers },
  );
}

/** Transactions with a transaction id (they have written something), oldest first, at most 20. */
export async function readBlockers(source: SourceConnection): Promise<Blocker[]> {
  return withSource(
    source,
    { applicationName: 'spillway', statementTimeoutMs: 5_000 },
    async (client) => (await client.query<Blocker>(BLOCKERS)).rows,
  );
}

import type { Client } from 'pg';

const EMIT = `select case when pg_is_in_recovery() then null else pg_logical_emit_message(true, $1, $2)::text end as lsn`;

/**
 * Writes a transactional logical message, committed when this resolves. False on a standby, which cannot write.
 * Transactional, because only a commit makes the server recompute what a slot still needs.
 */
export async function emitMessage(client: Client, prefix: string, content: string): Promise<boolean> {
  const answer = await client.query<{ lsn: string | null }>(EMIT, [prefix, content]);
  return answer.rows[0]?.lsn != null;
}

/** Why this role cannot write logical messages on this server; null when it can. */
export async function whyNoMessages(client: Client): Promise<string | null> {
  const answer = await client.query<{ standby: boolean; allowed: boolean | null }>(
    `select pg_is_in_recovery() as standby,
            (select bool_and(has_function_privilege(p.oid, 'execute')) from pg_proc p
              where p.proname = 'pg_logical_emit_message' and p.pronamespace = 'pg_catalog'::regnamespace) as allowed`,
  );
  const row = answer.rows[0];
  if (row?.standby) return 'the server is a standby and takes no writes';
  return row?.allowed ? null : 'the role may not call pg_logical_emit_message';
}

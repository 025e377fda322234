import type pg from 'pg';
import type { CheckStep } from '@/core/dto/inspection';
import type { Connection } from './connection';
import { openErrorOf } from './error-class';
import type { LogTable } from './statements';

interface Facts {
  readonly version: string;
  readonly role: string;
  readonly standby: boolean;
  readonly table: boolean;
  readonly mayInsert: boolean | null;
  readonly mayCreate: boolean;
}

/** Looks without writing: who we are, whether the table is there, whether rows may be added or the table be made. */
export async function checkEventLog(connection: Connection, table: LogTable, signal: AbortSignal): Promise<CheckStep[]> {
  let facts: Facts;
  try {
    facts = await connection.use(signal, (client) => factsOf(client, table));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { message, detail } = openErrorOf(error);
    return [
      {
        name: 'Connection',
        status: 'failed',
        finding: message,
        remedy: detail.remedy ?? 'Check the connection URL and that the server runs.',
      },
    ];
  }
  return [
    { name: 'Connection', status: 'ok', finding: `PostgreSQL ${facts.version}, role ${facts.role}.` },
    facts.standby
      ? {
          name: 'Writable',
          status: 'failed',
          finding: 'The server is a standby: it takes no writes.',
          remedy: 'Give the URL of the primary.',
        }
      : { name: 'Writable', status: 'ok', finding: 'The server takes writes.' },
    tableStep(facts, table),
  ];
}

function tableStep(facts: Facts, table: LogTable): CheckStep {
  const name = 'Table';
  if (facts.table) {
    return facts.mayInsert
      ? { name, status: 'ok', finding: `${table.name} exists and ${facts.role} may add to it.` }
      : { name, status: 'failed', finding: `${facts.role} may not add to ${table.name}.`, remedy: grants(facts, table) };
  }
  if (table.createSql === null) {
    return { name, status: 'failed', finding: `${table.name} does not exist.`, remedy: 'Apply the migrations of the catalog.' };
  }
  return facts.mayCreate
    ? { name, status: 'ok', finding: `${table.name} does not exist yet; it is made when the first stream starts.` }
    : {
        name,
        status: 'failed',
        finding: `${table.name} does not exist and ${facts.role} may not create a schema.`,
        remedy: `GRANT CREATE ON DATABASE current_database TO ${facts.role};`,
      };
}

function grants(facts: Facts, table: LogTable): string {
  return `GRANT SELECT, INSERT ON ${table.name} TO ${facts.role}; GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${table.name.includes('.') ? 'spillway' : 'public'} TO ${facts.role};`;
}

async function factsOf(client: pg.Client, table: LogTable): Promise<Facts> {
  const { rows } = await client.query<Facts>(
    `select current_setting('server_version') as version, quote_ident(current_user) as role, pg_is_in_recovery() as standby,
            to_regclass($1) is not null as "table", has_table_privilege(to_regclass($1), 'INSERT') as "mayInsert",
            has_database_privilege(current_database(), 'CREATE') as "mayCreate"`,
    [table.name],
  );
  const facts = rows[0];
  if (!facts) throw new Error('no answer');
  return facts;
}

import type { Client } from 'pg';
import type { CheckStep } from '@/core/dto/inspection';
import { quoteIdentifier } from '@/core/postgres/identifiers';
import type { SourceConnection } from '@/worker/pipeline/assignment';

/** Rights that do not depend on the table: REPLICATION, CREATE on the database, and not too much. */
export async function roleChecks(client: Client, source: SourceConnection): Promise<CheckStep[]> {
  const answer = await client.query<{ superuser: boolean; replication: boolean; managed: boolean; creator: boolean }>(
    `select r.rolsuper as superuser, r.rolreplication as replication,
            exists (select from pg_roles g where g.rolname in ('rds_replication', 'rds_superuser') and pg_has_role(r.oid, g.oid, 'USAGE')) as managed,
            has_database_privilege(current_database(), 'CREATE') as creator
       from pg_roles r where r.rolname = current_user`,
  );
  const role = answer.rows[0] ?? { superuser: false, replication: false, managed: false, creator: false };
  const name = quoteIdentifier(source.username);
  return [
    role.replication || role.superuser || role.managed
      ? { name: 'Replication right', status: 'ok', finding: `Role ${source.username} may make replication slots.` }
      : {
          name: 'Replication right',
          status: 'failed',
          finding: `Role ${source.username} may not make replication slots.`,
          remedy: `ALTER ROLE ${name} REPLICATION; -- on Amazon RDS: GRANT rds_replication TO ${name};`,
        },
    role.creator
      ? { name: 'Right to publish', status: 'ok', finding: `Role ${source.username} may make publications in ${source.database}.` }
      : {
          name: 'Right to publish',
          status: 'failed',
          finding: `Role ${source.username} may not make publications in ${source.database}.`,
          remedy: `GRANT CREATE ON DATABASE ${quoteIdentifier(source.database)} TO ${name};`,
        },
    role.superuser
      ? {
          name: 'Least privilege',
          status: 'warning',
          finding: `Role ${source.username} is a superuser, which a stream does not need.`,
          remedy: "CREATE ROLE spillway LOGIN REPLICATION PASSWORD '…'; -- then grant it SELECT and the ownership of the tables to publish",
        }
      : { name: 'Least privilege', status: 'ok', finding: `Role ${source.username} is no superuser.` },
  ];
}

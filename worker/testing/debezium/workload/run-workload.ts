import pg from 'pg';
import { ROW_CASES } from './row-cases';
import { TYPE_PREPARATION, TYPE_SHAPES } from './type-shapes';

export const SCHEMAS = ['types', 'rows', 'Odd Schema', 'finish'] as const;
/** One row of this table comes after everything else. */
export const LAST_TABLE = 'finish.line';

/** The table of a type shape: its column `v` has the shape. */
export const typeTable = (index: number) => `t${String(index).padStart(3, '0')}`;

/** Makes every table of the workload, and the publication that both readers share. */
export async function prepareWorkload(client: pg.Client, publication: string): Promise<void> {
  for (const schema of SCHEMAS) await client.query(`create schema ${pg.escapeIdentifier(schema)}`);
  for (const statement of TYPE_PREPARATION) await client.query(statement);
  for (const [index, { type }] of TYPE_SHAPES.entries()) {
    await client.query(`create table types.${typeTable(index)} (id int4 primary key, v ${type})`);
  }
  for (const { setUp } of ROW_CASES) for (const statement of setUp) await client.query(statement);
  await client.query(`create table ${LAST_TABLE} (id int4 primary key)`);
  const schemas = SCHEMAS.map(pg.escapeIdentifier).join(', ');
  await client.query(`create publication ${publication} for tables in schema ${schemas} with (publish_via_partition_root = true)`);
}

/** Writes every value and runs every case; the last row of all goes to LAST_TABLE. */
export async function runWorkload(client: pg.Client): Promise<void> {
  await client.query(`set extra_float_digits = 3; set timezone = 'UTC'; set lc_monetary = 'C'`);
  const major = await majorVersion(client);
  for (const [index, { type, values, since = 0 }] of TYPE_SHAPES.entries()) {
    const table = `types.${typeTable(index)}`;
    if (since > major) continue;
    const rows = [...values, ...(type.endsWith('serial') ? [] : ['null'])].map((value, at) => `(${at + 1}, ${value})`);
    await client.query(`insert into ${table} values ${rows.join(', ')}`).catch((error: Error) => {
      throw new Error(`${type}: ${error.message}`);
    });
  }
  for (const { name, steps } of ROW_CASES) {
    for (const step of steps) {
      await inTransaction(client, step).catch((error: Error) => {
        throw new Error(`${name}: ${error.message} in ${step.join('; ')}`);
      });
    }
  }
  await client.query(`insert into ${LAST_TABLE} values (1)`);
}

async function inTransaction(client: pg.Client, statements: readonly string[]): Promise<void> {
  await client.query('begin');
  try {
    for (const statement of statements) await client.query(statement);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function majorVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ major: number }>("select current_setting('server_version_num')::int / 10000 as major");
  return rows[0]?.major ?? 0;
}

/** Type under test in a table of the schema `types`; empty for the others. */
export function typeOfTable(table: string): string {
  const match = /^types\.t(\d+)$/.exec(table);
  return match ? (TYPE_SHAPES[Number(match[1])]?.type ?? '') : '';
}

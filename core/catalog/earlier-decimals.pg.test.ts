import { readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, it } from 'vitest';
import { emptyDatabase } from '@/worker/testing/postgres';

const MIGRATION = new URL('../../prisma/migrations/20261121140000_decimals_of_earlier_streams/migration.sql', import.meta.url);

it('a stream from before the handling modes goes on delivering decimals as strings; one that chose is left alone', async () => {
  const database = await emptyDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const before = [
      { type: 'DebeziumEnvelope' },
      { type: 'DebeziumEnvelope', decimalHandlingMode: 'precise' },
      { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'payload' },
    ];
    await client.query('create table stream_revision (number int, spec jsonb)');
    for (const [number, flow] of before.entries()) await client.query('insert into stream_revision values ($1, $2)', [number, { flow }]);
    await client.query(readFileSync(MIGRATION, 'utf8'));
    const { rows } = await client.query<{ flow: unknown }>("select spec -> 'flow' as flow from stream_revision order by number");
    expect(rows.map(({ flow }) => flow)).toEqual([{ type: 'DebeziumEnvelope', decimalHandlingMode: 'string' }, before[1], before[2]]);
  } finally {
    await client.end();
    await database.drop();
  }
});

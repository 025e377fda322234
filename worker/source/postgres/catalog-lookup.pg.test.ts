import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookUpTypes } from './catalog-lookup';
import { type SourceFixture, sourceFixture } from './fixture';

let db: SourceFixture;
beforeAll(async () => {
  db = await sourceFixture();
  await db.query(`create domain amount as numeric(12, 3); create domain amount_again as amount; create type mood as enum ('ok');
    create domain humour as mood; create domain numbers as int4[]`);
});
afterAll(() => db.drop());

describe('names of types', () => {
  it.each([
    ['mood', 'mood', -1],
    ['humour', 'mood', -1],
    ['amount_again', 'numeric', ((12 << 16) | 3) + 4],
    ['numbers', '_int4', -1],
    ['mood[]', '_mood', -1],
    ['humour[]', '_mood', -1],
    ['amount_again[]', '_numeric', ((12 << 16) | 3) + 4],
  ])('of %s is %s: domains, and domains that an array is of, are their base type', async (type, name, typeModifier) => {
    const [row] = await db.query('select $1::regtype::oid::int8::text as oid', [type]);
    const oid = Number(row?.oid);
    expect((await lookUpTypes(db.client, [oid])).get(oid)).toEqual({ name, typeModifier });
  });
});

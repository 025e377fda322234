/** One table and what happens to its rows. Each step is one transaction (statements after another). */
export interface RowCase {
  readonly name: string;
  readonly setUp: readonly string[];
  readonly steps: readonly (readonly string[])[];
}

/** Text that stays out of line even when compressed: TOAST values that an update does not touch are not sent. */
const big = (seed: string) => `(select string_agg(md5('${seed}' || i), '') from generate_series(1, 400) i)`;

const identities = (name: string, identity: string): RowCase => ({
  name,
  setUp: [
    `create table rows.${name} (id int4 primary key, a text not null, b int8, c timestamp not null default '2020-01-01', d bool not null default true)`,
    ...(identity ? [`alter table rows.${name} replica identity ${identity}`] : []),
  ],
  steps: [
    [`insert into rows.${name} (id, a, b) values (1, 'one', 9007199254740993), (2, 'two', null), (3, 'three', 3)`],
    [`update rows.${name} set a = 'uno' where id = 1`],
    [`update rows.${name} set id = 20 where id = 2`],
    [`update rows.${name} set a = a`],
    [`update rows.${name} set id = id, b = 5 where id = 3`],
    [`delete from rows.${name} where id = 3`],
    [
      `insert into rows.${name} (id, a) values (4, 'four')`,
      `update rows.${name} set id = 5 where id = 4`,
      `delete from rows.${name} where id = 5`,
      `insert into rows.${name} (id, a) values (4, 'again')`,
    ],
    [`truncate rows.${name}`],
    [`insert into rows.${name} (id, a) values (1, 'after the truncate')`],
  ],
});

/** Row semantics: identities, keys, TOAST, truncate, names, generated columns, partitions, transactions. */
export const ROW_CASES: readonly RowCase[] = [
  identities('identity_default', ''),
  identities('identity_full', 'full'),
  {
    name: 'identity_index',
    setUp: [
      'create table rows.identity_index (id int4 primary key, code text not null, region int4 not null, note text, unique (code, region))',
      'alter table rows.identity_index replica identity using index identity_index_code_region_key',
    ],
    steps: [
      ["insert into rows.identity_index values (1, 'a', 1, 'x'), (2, 'b', 1, 'y')"],
      ["update rows.identity_index set note = 'z' where id = 1"],
      ["update rows.identity_index set code = 'aa' where id = 1"],
      ['delete from rows.identity_index where id = 2'],
    ],
  },
  {
    name: 'index_without_primary_key',
    setUp: [
      'create table rows.index_without_primary_key (code text not null unique, note text)',
      'alter table rows.index_without_primary_key replica identity using index index_without_primary_key_code_key',
    ],
    steps: [
      ["insert into rows.index_without_primary_key values ('a', 'x'), ('b', null)"],
      ["update rows.index_without_primary_key set note = 'y' where code = 'a'"],
      ["update rows.index_without_primary_key set code = 'c' where code = 'b'"],
      ["delete from rows.index_without_primary_key where code = 'a'"],
    ],
  },
  {
    name: 'identity_nothing',
    setUp: [
      'create table rows.identity_nothing (id int4 primary key, note text)',
      'alter table rows.identity_nothing replica identity nothing',
    ],
    steps: [["insert into rows.identity_nothing values (1, 'x'), (2, null)"], ['truncate rows.identity_nothing']],
  },
  {
    name: 'several_key_columns',
    setUp: ['create table rows.several_key_columns (a int4, note text, c text, b uuid, primary key (c, a, b))'],
    steps: [
      ["insert into rows.several_key_columns values (1, 'n', 'x', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')"],
      ["update rows.several_key_columns set note = 'm'"],
      ["update rows.several_key_columns set c = 'y'"],
      ['delete from rows.several_key_columns'],
    ],
  },
  {
    name: 'no_key',
    setUp: ['create table rows.no_key (a int4, b text)'],
    steps: [["insert into rows.no_key values (1, 'x'), (1, 'x'), (null, null)"], ['truncate rows.no_key']],
  },
  {
    name: 'no_key_full',
    setUp: ['create table rows.no_key_full (a int4, b text)', 'alter table rows.no_key_full replica identity full'],
    steps: [
      ["insert into rows.no_key_full values (1, 'x'), (2, null)"],
      ["update rows.no_key_full set b = 'y' where a = 1"],
      ['delete from rows.no_key_full where a = 2'],
    ],
  },
  {
    name: 'unique_index_without_key',
    setUp: [
      'create table rows.unique_index_without_key (a int4 not null unique, b text)',
      'alter table rows.unique_index_without_key replica identity full',
    ],
    steps: [
      ["insert into rows.unique_index_without_key values (1, 'x')"],
      ['update rows.unique_index_without_key set a = 2'],
      ['delete from rows.unique_index_without_key'],
    ],
  },
  ...['default', 'full'].map(
    (identity): RowCase => ({
      name: `toast_${identity}`,
      setUp: [
        `create table rows.toast_${identity} (id int4 primary key, n int4, t text, b bytea, j jsonb, ta text[], ia int4[], h hstore, x xml, v varchar(20000), nu numeric, c citext, ja json, ba int8[], ts tsvector, ua uuid[], da date[], ts_array timestamp[])`,
        ...['t', 'b', 'j', 'ta', 'ia', 'h', 'x', 'v', 'nu', 'c', 'ja', 'ba', 'ts', 'ua', 'da', 'ts_array'].map(
          (column) => `alter table rows.toast_${identity} alter column ${column} set storage external`,
        ),
        `alter table rows.toast_${identity} replica identity ${identity}`,
      ],
      steps: [
        [
          `insert into rows.toast_${identity} select 1, 1, v, v::bytea, to_jsonb(v), array[v], (select array_agg(i) from generate_series(1, 1000) i), hstore('k', v), xmlelement(name e, v), v, repeat('1234567890', 800)::numeric, v, to_json(v), (select array_agg(i::int8) from generate_series(1, 800) i), (select string_agg('w' || i, ' ')::tsvector from generate_series(1, 800) i), (select array_agg(md5(i::text)::uuid) from generate_series(1, 300) i), (select array_agg(date '2020-01-01' + i) from generate_series(1, 1000) i), (select array_agg(timestamp '2020-01-01' + i * interval '1 day') from generate_series(1, 1000) i) from ${big('a')} as big(v)`,
          `insert into rows.toast_${identity} (id, n) values (2, 2)`,
        ],
        [`update rows.toast_${identity} set n = n + 1`],
        [`update rows.toast_${identity} set t = 'small', n = n + 1 where id = 1`],
        [`update rows.toast_${identity} set id = 10 where id = 1`],
        [`delete from rows.toast_${identity} where id = 10`],
      ],
    }),
  ),
  {
    name: 'truncates',
    setUp: [
      'create table rows.truncated (id int4 primary key)',
      'create table rows.truncated_child (id int4 primary key, parent int4 references rows.truncated)',
    ],
    steps: [
      ['insert into rows.truncated values (1)', 'insert into rows.truncated_child values (1, 1)'],
      ['truncate rows.truncated cascade'],
      ['insert into rows.truncated values (1)', 'truncate rows.truncated, rows.truncated_child restart identity'],
    ],
  },
  {
    name: 'names',
    setUp: [
      'create table "Odd Schema"."Mixed Case" ("Id" int4 primary key, "with space" text, "with""quote" text, "with.dot" text, "ümläut" text, "select" text, "back\\slash" text, "123" int4, "a-b" int4)',
      'create table "Odd Schema"."dotted.name" (id int4 primary key, v text)',
      'create table "Odd Schema"."dash-and$" (id int4 primary key, v text)',
      'create table rows.case_twin (id int4 primary key, v text)',
      'create table rows."Case_Twin" (id int4 primary key, v text)',
    ],
    steps: [
      ["insert into \"Odd Schema\".\"Mixed Case\" values (1, 'a', 'b', 'c', 'd', 'e', 'f', 2, 3)"],
      ['update "Odd Schema"."Mixed Case" set "Id" = 2'],
      ['delete from "Odd Schema"."Mixed Case"'],
      ['insert into "Odd Schema"."dotted.name" values (1, \'x\')', 'delete from "Odd Schema"."dotted.name"'],
      ['insert into "Odd Schema"."dash-and$" values (1, \'x\')'],
      ["insert into rows.case_twin values (1, 'lower')", 'insert into rows."Case_Twin" values (1, \'upper\')'],
    ],
  },
  {
    name: 'generated',
    setUp: [
      "create table rows.generated (id int4 generated always as identity primary key, a int4, twice int4 generated always as (a * 2) stored, b text default 'none')",
    ],
    steps: [
      ['insert into rows.generated (a) values (1), (2)'],
      ['update rows.generated set a = 10 where a = 1'],
      ['delete from rows.generated where a = 2'],
    ],
  },
  {
    name: 'partitions',
    setUp: [
      'create table rows.partitioned (id int4, region text, note text, primary key (id, region)) partition by list (region)',
      "create table rows.partition_eu partition of rows.partitioned for values in ('eu')",
      "create table rows.partition_us partition of rows.partitioned for values in ('us') partition by range (id)",
      'create table rows.partition_us_low partition of rows.partition_us for values from (0) to (100)',
    ],
    steps: [
      ["insert into rows.partitioned values (1, 'eu', 'x'), (2, 'us', 'y')"],
      ["update rows.partitioned set note = 'z'"],
      ["update rows.partitioned set region = 'us' where id = 1"],
      ['delete from rows.partitioned where id = 2'],
      ['truncate rows.partitioned'],
    ],
  },
  {
    name: 'transactions',
    setUp: ['create table rows.bulk (id int4 primary key, v text)', 'create table rows.other (id int4 primary key, v text)'],
    steps: [
      ["insert into rows.bulk select i, 'row ' || i from generate_series(1, 40) i"],
      ["update rows.bulk set v = v || '!' where id <= 10", 'delete from rows.bulk where id > 35', "insert into rows.other values (1, 'x')"],
      [
        "insert into rows.bulk values (100, 'a')",
        'savepoint s',
        "insert into rows.bulk values (101, 'b')",
        'rollback to s',
        "insert into rows.bulk values (102, 'c')",
      ],
      ['update rows.bulk set id = id + 1000 where id in (1, 2, 3)'],
      [
        "insert into rows.other values (2, 'y') on conflict do nothing",
        "insert into rows.other values (2, 'z') on conflict (id) do update set v = excluded.v",
      ],
    ],
  },
  {
    name: 'shape_changes',
    setUp: [
      'create table rows.changing (id int4 primary key, a int4)',
      'create table rows.moods (id int4 primary key, m mood, all_of_them mood[])',
    ],
    steps: [
      ['insert into rows.changing values (1, 1)'],
      ["alter table rows.changing add column b text default 'def'", 'insert into rows.changing values (2, 2)'],
      ['alter table rows.changing alter column a type int8', 'insert into rows.changing values (3, 9007199254740993)'],
      ['alter table rows.changing rename column a to aa', 'insert into rows.changing values (4, 4)'],
      ['alter table rows.changing drop column b', 'insert into rows.changing values (5, 5)'],
      ['update rows.changing set aa = 6 where id = 1', 'delete from rows.changing where id = 1'],
      ["insert into rows.moods values (1, 'ok', '{sad,ok}')"],
      ["alter type mood add value 'new' before 'ok'"],
      ["insert into rows.moods values (2, 'new', '{new,ok}')", "update rows.moods set m = 'new' where id = 1"],
      ["alter type mood rename value 'new' to 'newer'", 'delete from rows.moods where id = 2'],
    ],
  },
];

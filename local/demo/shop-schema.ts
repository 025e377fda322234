import pg from 'pg';

/** The role that streams read with: REPLICATION, and a member of the tables' owner so that it may publish them. No superuser. */
export const SPILLWAY_ROLE = 'spillway';

const SCHEMA = `
create table if not exists customers (
  id bigint generated always as identity primary key,
  name text not null,
  email text not null,
  country char(2) not null,
  preferences jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create table if not exists orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  status text not null check (status in ('placed', 'paid', 'packed', 'shipped', 'delivered', 'cancelled')),
  ship_to char(2) not null,
  total numeric(12,2) not null,
  currency char(3) not null,
  note text,
  version int not null default 1,
  placed_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table if not exists order_items (
  order_id bigint not null references orders on delete cascade,
  line int not null,
  sku text not null,
  quantity int not null,
  unit_price numeric(12,2) not null,
  primary key (order_id, line)
);
create table if not exists order_events (
  id uuid primary key default gen_random_uuid(),
  aggregatetype text not null,
  aggregateid text not null,
  type text not null,
  payload jsonb not null,
  created_at timestamptz not null default now()
);
-- A table as they are found: no key, so its updates and deletes cannot be published before somebody gives it one.
create table if not exists page_views (
  session uuid not null,
  path text not null,
  referrer text,
  seen_at timestamptz not null default now()
);
-- What was committed to orders, written by a trigger in the same transaction: the check against what arrived reads it.
create table if not exists orders_history (
  order_id bigint not null,
  version int not null,
  operation text not null,
  committed_at timestamptz not null default now(),
  primary key (order_id, version, operation)
);
create or replace function remember_order() returns trigger language plpgsql as $$
begin
  insert into orders_history (order_id, version, operation)
  values (coalesce(new.id, old.id), coalesce(new.version, old.version), lower(tg_op));
  return null;
end $$;
create or replace trigger orders_remember after insert or update or delete on orders for each row execute function remember_order();
create table if not exists demo_setting (only_row bool primary key default true check (only_row), transactions_per_second double precision not null);
insert into demo_setting values (true, 2) on conflict do nothing;
`;

const FIRST_ROWS = `
insert into customers (name, email, country, preferences)
select (array['Anna','Jonas','Mira','Luca','Sofia','Emil','Nora','Paul','Ida','Hugo'])[1 + i % 10] || ' ' ||
       (array['Weber','Novak','Rossi','Larsen','Dubois','Silva','Kowalski','Murphy'])[1 + i % 8],
       'customer' || i || '@mail.example',
       (array['DE','FR','IT','PL','SE','IE','PT','NO'])[1 + i % 8],
       jsonb_build_object('newsletter', i % 3 = 0, 'language', (array['de','fr','it','pl','sv','en','pt','no'])[1 + i % 8])
from generate_series(1, 120) as i;
insert into orders (customer_id, status, ship_to, total, currency, placed_at, updated_at)
select c.id, (array['paid','packed','shipped','delivered'])[1 + c.id % 4],
       case when c.id % 41 = 0 then 'XK' else c.country end,
       round((12 + (c.id * 7919 % 30000) / 100.0)::numeric, 2), case when c.country in ('PL','SE','NO') then 'SEK' else 'EUR' end,
       now() - make_interval(mins => (400 - 3 * c.id)::int), now() - make_interval(mins => (300 - 2 * c.id)::int)
from customers c;
insert into order_items (order_id, line, sku, quantity, unit_price)
select o.id, l, 'SKU-' || (1000 + (o.id * 13 + l * 7) % 900), 1 + (o.id + l) % 3, round((5 + (o.id * l * 131 % 9000) / 100.0)::numeric, 2)
from orders o, generate_series(1, 2) as l;
`;

/**
 * Makes the demo's source database ready: schema, first rows, and the role with the least rights that a stream needs.
 * Idempotent. `superuserUrl` names the database itself.
 */
export async function ensureShop(superuserUrl: string, spillwayPassword: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(7321001)');
    await ensureRole(client, 'shop_owner', 'nologin');
    await ensureRole(client, SPILLWAY_ROLE, `login replication password ${pg.escapeLiteral(spillwayPassword)}`);
    await client.query(`grant shop_owner to ${SPILLWAY_ROLE}`);
    await client.query(
      `grant create, connect on database ${pg.escapeIdentifier(new URL(superuserUrl).pathname.slice(1))} to ${SPILLWAY_ROLE}`,
    );
    await client.query('grant usage, create on schema public to shop_owner');
    await client.query('set local role shop_owner');
    await client.query(SCHEMA);
    const { rows } = await client.query<{ empty: boolean }>('select not exists (select from customers) as empty');
    if (rows[0]?.empty) await client.query(FIRST_ROWS);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function ensureRole(client: pg.Client, name: string, options: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
  await client.query(`${rowCount ? 'alter' : 'create'} role ${pg.escapeIdentifier(name)} ${options}`);
}

import type pg from 'pg';

const COUNTRIES = ['DE', 'FR', 'IT', 'PL', 'SE', 'IE', 'PT', 'NO'];
const NOTES = [
  null,
  null,
  null,
  'Leave at the door',
  'Ring twice',
  'Gift: happy birthday ✨',
  'Deliver after 17:00',
  'Zürich branch, Röstiweg 3',
];
const PATHS = ['/', '/basket', '/checkout', '/products/lamp', '/products/chair', '/orders'];
const NEXT_STATUS = { placed: 'paid', paid: 'packed', packed: 'shipped', shipped: 'delivered' } as const;

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** One transaction of the shop, chosen at random in realistic proportions. */
export async function oneTransaction(client: pg.ClientBase, random: Random): Promise<void> {
  const roll = random();
  await client.query('begin');
  try {
    await client.query('insert into page_views (session, path) values (gen_random_uuid(), $1)', [pick(random, PATHS)]);
    if (roll < 0.01) await client.query(`delete from page_views where seen_at < now() - interval '30 minutes'`);
    if (roll < 0.45) await placeOrder(client, random);
    else if (roll < 0.9) await advanceOrder(client, random);
    else if (roll < 0.95) await changeCustomer(client, random);
    else if (roll < 0.98) await cancelOrder(client, random);
    else await forgetOrder(client, random);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Places an order with its lines and its outbox event. About one in 300 ships to XK, a country the receiver may not know. */
export async function placeOrder(client: pg.ClientBase, random: Random, shipTo?: string): Promise<string> {
  const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => ({
    line: index + 1,
    sku: `SKU-${1000 + Math.floor(random() * 900)}`,
    quantity: 1 + Math.floor(random() * 3),
    unitPrice: (4 + random() * 120).toFixed(2),
  }));
  const total = lines.reduce((sum, line) => sum + line.quantity * Math.round(Number(line.unitPrice) * 100), 0);
  const country = shipTo ?? (random() < 1 / 300 ? 'XK' : pick(random, COUNTRIES));
  const { rows } = await client.query<{ id: string }>(
    `insert into orders (customer_id, status, ship_to, total, currency, note)
     values ((select id from customers offset floor($1::float8 * (select count(*) from customers)) limit 1), 'placed', $2, $3, $4, $5) returning id`,
    [random(), country, (total / 100).toFixed(2), country === 'SE' || country === 'NO' ? 'SEK' : 'EUR', pick(random, NOTES)],
  );
  const id = rows[0]?.id as string;
  for (const line of lines) {
    await client.query('insert into order_items values ($1, $2, $3, $4, $5)', [id, line.line, line.sku, line.quantity, line.unitPrice]);
  }
  await announce(client, id, 'OrderPlaced', { orderId: Number(id), lines: lines.length, total: (total / 100).toFixed(2), shipTo: country });
  return id;
}

async function advanceOrder(client: pg.ClientBase, random: Random): Promise<void> {
  const { rows } = await client.query<{ id: string; status: keyof typeof NEXT_STATUS }>(
    `select id, status from orders where status in ('placed', 'paid', 'packed', 'shipped') order by id desc limit 1 offset $1 for update skip locked`,
    [Math.floor(random() * 40)],
  );
  const order = rows[0];
  if (!order) return void (await placeOrder(client, random));
  const status = NEXT_STATUS[order.status];
  await client.query('update orders set status = $2, version = version + 1, updated_at = now() where id = $1', [order.id, status]);
  await announce(client, order.id, `Order${status[0]?.toUpperCase()}${status.slice(1)}`, { orderId: Number(order.id), status });
}

async function cancelOrder(client: pg.ClientBase, random: Random): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `select id from orders where status in ('placed', 'paid') order by id desc limit 1 offset $1 for update skip locked`,
    [Math.floor(random() * 30)],
  );
  const order = rows[0];
  if (!order) return;
  await client.query(`update orders set status = 'cancelled', version = version + 1, updated_at = now() where id = $1`, [order.id]);
  await announce(client, order.id, 'OrderCancelled', { orderId: Number(order.id) });
}

/** Deletes an old finished order, so that delete events exist. */
async function forgetOrder(client: pg.ClientBase, random: Random): Promise<void> {
  await client.query(
    `delete from orders where id = (select id from orders where status in ('delivered', 'cancelled') order by id limit 1 offset $1 for update skip locked)`,
    [Math.floor(random() * 10)],
  );
}

async function changeCustomer(client: pg.ClientBase, random: Random): Promise<void> {
  await client.query(
    `update customers set preferences = preferences || jsonb_build_object('newsletter', $2::bool)
     where id = (select id from customers offset floor($1::float8 * (select count(*) from customers)) limit 1)`,
    [random(), random() < 0.5],
  );
}

/** Writes the outbox row and prunes old ones, as outbox tables do. */
async function announce(client: pg.ClientBase, orderId: string, type: string, payload: Record<string, unknown>): Promise<void> {
  await client.query(`insert into order_events (aggregatetype, aggregateid, type, payload) values ('order', $1, $2, $3)`, [
    orderId,
    type,
    payload,
  ]);
  await client.query(`delete from order_events where created_at < now() - interval '30 minutes'`);
}

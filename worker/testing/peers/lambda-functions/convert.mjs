/**
 * A conversion as its author would write it: rows become small events, drafts are left out, `note` says what else is to happen. Rows are
 * those of the tests: { id, n, note }.
 * @param {{ records: { id: string, change: { op: string, before: Row | null, after: Row | null } }[] }} event
 * @typedef {{ id: number, n: number, note?: string }} Row
 */
export async function handler({ records }) {
  return { records: await Promise.all(records.map(convert)) };
}

/** @param {{ id: string, change: { op: string, before: Row | null, after: Row | null } }} record */
async function convert({ id, change }) {
  const row = change.after ?? change.before;
  const made = { op: change.op, id: row?.id, n: row?.n };
  switch (row?.note) {
    case 'drop':
      return { id, result: 'Dropped', message: 'it is a draft' };
    case 'fail':
      return { id, result: 'Failed', message: 'no such customer' };
    case 'throw':
      throw new TypeError(`cannot read ${JSON.stringify(row)}`);
    case 'unavailable':
      throw Object.assign(new Error('the price list is down'), { name: 'Unavailable' });
    case 'hang':
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    case 'twice':
      return { id, result: 'Ok', events: [{ data: { ...made, part: 1 } }, { data: { ...made, part: 2 } }] };
    case 'forget':
      return undefined;
    default:
      return { id, result: 'Ok', data: made };
  }
}

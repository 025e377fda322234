import type { SlotQuery } from '../dto/slot';

/** Reads what is asked for from an address; what is not known there counts as absent. */
export function slotQueryFrom(query: { get(name: string): string | null }): SlotQuery {
  const page = Number(query.get('page'));
  return {
    text: query.get('q') ?? '',
    needsLook: query.get('look') === 'needed',
    sourceId: query.get('source'),
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The address of a query, without what is at rest. */
export function addressOfSlots({ text, needsLook, sourceId, page }: SlotQuery): string {
  const query = new URLSearchParams();
  if (text) query.set('q', text);
  if (needsLook) query.set('look', 'needed');
  if (sourceId) query.set('source', sourceId);
  if (page > 1) query.set('page', String(page));
  return query.toString();
}

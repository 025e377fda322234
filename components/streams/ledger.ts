import type { StreamFiguresDto } from '@/core/dto/stream';

export interface Ledger {
  readonly decoded: number;
  readonly parts: readonly { readonly name: string; readonly count: number; readonly hint: string }[];
  /** decoded minus all parts: anything but 0 is an alarm. */
  readonly remainder: number;
}

/** decoded = delivered + filtered + dead letters + parked + ignored + spilled + in flight. */
export function ledgerOf(figures: StreamFiguresDto): Ledger {
  const parts = [
    { name: 'delivered', count: figures.delivered, hint: 'The sink confirmed them.' },
    { name: 'filtered', count: figures.filtered, hint: 'The flow left them out on purpose.' },
    { name: 'dead letters', count: figures.deadLettered, hint: 'The sink refused them; they are kept for review.' },
    { name: 'parked', count: figures.parked, hint: 'They wait behind a dead letter of their key.' },
    { name: 'ignored', count: figures.ignored, hint: 'The sink refused them and recovery is Ignore.' },
    { name: 'spilled', count: figures.spilled, hint: 'They are in the durable buffer and are delivered in order.' },
    { name: 'in flight', count: figures.inFlightEvents, hint: 'Read from the source, not settled yet.' },
  ];
  return { decoded: figures.decoded, parts, remainder: figures.decoded - parts.reduce((sum, part) => sum + part.count, 0) };
}

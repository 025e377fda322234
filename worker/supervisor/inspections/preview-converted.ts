import type { PreviewConverted, PreviewRow } from '@/core/dto/inspection';
import type { ConversionSpec } from '@/core/spec/conversion';
import type { OutboundEvent } from '@/worker/flow/flow';
import { openSampleChain, type SampleContext, type Sampled } from './sample-conversions';

/** A row, and the message that the flow made of it. */
export interface MadeRow {
  readonly row: PreviewRow;
  readonly event: OutboundEvent | null;
}

interface Declared {
  /** The spec as typed. */
  readonly typed: unknown;
  /** Undefined when there are none, or not yet valid ones. */
  readonly conversions: readonly ConversionSpec[] | undefined;
  readonly applicationId: string;
}

/** The rows with what the conversions make of their messages. */
export async function convertRows(
  made: readonly MadeRow[],
  { typed, conversions, applicationId }: Declared,
  context: SampleContext,
): Promise<{ readonly rows: PreviewRow[]; readonly unconverted?: string }> {
  const rows = made.map(({ row }) => row);
  if (!conversions) return isAsked(typed) ? { rows, unconverted: 'The conversions are not tried before they are complete.' } : { rows };
  const events = made.flatMap(({ event }) => (event?.payload ? [event] : []));
  const chain = await openSampleChain(conversions, applicationId, context);
  try {
    const sampled = await chain.convert(events);
    const byEvent = new Map(events.map((event, index) => [event, sampled[index]]));
    return { rows: made.map(({ row, event }) => withConverted(row, event ? byEvent.get(event) : undefined)) };
  } finally {
    await chain.close();
  }
}

function isAsked(typed: unknown): boolean {
  return typeof typed === 'object' && typed !== null && 'conversions' in typed && typed.conversions !== undefined;
}

function withConverted(row: PreviewRow, sampled: Sampled | undefined): PreviewRow {
  if (!sampled) return row;
  const { made, microseconds } = sampled;
  const converted = (rest: Partial<PreviewConverted>): PreviewRow => ({ ...row, converted: { messages: [], microseconds, ...rest } });
  if (made.kind === 'dropped') return converted({ left: { kind: 'dropped', reason: made.reason } });
  if (made.kind === 'failed') return converted({ left: { kind: 'failed', reason: made.error.message } });
  return converted({
    messages: made.events.map(({ payload, headers }) => ({
      output: payload?.toString('utf8') ?? 'null',
      bytes: payload?.length ?? 0,
      headers: { ...headers },
    })),
  });
}

import { messageOf } from '@/core/errors';
import type { ConversionSpec } from '@/core/spec/conversion';
import type { Conversion } from '@/worker/flow/conversion';
import { createConversion } from '@/worker/flow/conversion-registry';
import type { OutboundEvent } from '@/worker/flow/flow';
import { convertThrough, type Made } from '@/worker/pipeline/conversion-chain';
import { openConversionTargets } from '../assignments';
import type { InspectionContext } from './context';

/** All conversions of a preview together; the form waits, and the question itself ends after 14 s. */
const DEADLINE_MS = 8_000;

/** What became of a sample, and how long it took, microseconds: its share of the batch. */
export interface Sampled {
  readonly made: Made;
  readonly microseconds: number;
}

/** `deadlineMs`: another limit than that of a question, for tests. */
export type SampleContext = Pick<InspectionContext, 'catalog' | 'privateKey' | 'signal'> & { readonly deadlineMs?: number };

/** A chain that converts samples; nothing is sent. */
export interface SampleChain {
  /** One result an event, same index. Never rejects: what goes wrong is a result. */
  convert(events: readonly OutboundEvent[]): Promise<readonly Sampled[]>;
  close(): Promise<void>;
}

/** Opens a chain as a pipeline would. What keeps it from opening is said of every sample. */
export async function openSampleChain(
  specs: readonly ConversionSpec[],
  streamName: string,
  { catalog, privateKey, signal, deadlineMs = DEADLINE_MS }: SampleContext,
): Promise<SampleChain> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const conversions: Conversion[] = [];
  let closedFor: string | null = null;
  try {
    const targets = await openConversionTargets([...specs], catalog, privateKey);
    for (const spec of specs) conversions.push(await createConversion(spec, { streamName, targets }));
    for (const conversion of conversions) await conversion.open(deadline);
  } catch (thrown) {
    closedFor = wordsOf(thrown, deadline);
  }
  return {
    async convert(events) {
      if (closedFor !== null) return events.map(() => failed(closedFor ?? ''));
      try {
        return await timed(conversions, events, deadline);
      } catch (thrown) {
        const words = wordsOf(thrown, deadline);
        return events.map(() => failed(words));
      }
    },
    async close() {
      await Promise.allSettled(conversions.map((conversion) => conversion.close()));
    },
  };
}

async function timed(conversions: readonly Conversion[], events: readonly OutboundEvent[], signal: AbortSignal): Promise<Sampled[]> {
  const began = performance.now();
  const made = await convertThrough(conversions, events, signal);
  const microseconds = Math.round(((performance.now() - began) * 10_000) / Math.max(1, events.length)) / 10;
  const together = events.length > 1 && made.some((each) => each.kind === 'failed' && each.error.wholeBatch);
  if (!together) return made.map((each) => ({ made: each, microseconds }));
  // One of them spoils the batch: each by itself says which.
  const alone: Sampled[] = [];
  for (const event of events) alone.push(...(await timed(conversions, [event], signal)));
  return alone;
}

function failed(message: string): Sampled {
  return { made: { kind: 'failed', error: { errorClass: 'transient', message } }, microseconds: 0 };
}

function wordsOf(thrown: unknown, deadline: AbortSignal): string {
  return deadline.aborted ? `the conversions took longer than ${DEADLINE_MS / 1000} s together` : messageOf(thrown);
}

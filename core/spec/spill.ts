import * as z from 'zod';
import { SPILL_DEFAULTS } from './spill-defaults';

export { SPILL_DEFAULTS } from './spill-defaults';

const MIB = 1024 * 1024;

/** What happens while the sink is down: from when on events go to the durable buffer, so that the source may free its WAL. */
export const spillSpec = z.strictObject({
  enabled: z.boolean().default(SPILL_DEFAULTS.enabled),
  /** How long the sink has to be down, seconds. Retained WAL at half of its budget ends the wait. */
  afterSeconds: z
    .int()
    .min(1, 'at least 1 second')
    .max(24 * 3600, 'at most a day')
    .default(SPILL_DEFAULTS.afterSeconds),
  /** What the buffer may hold of this stream, bytes as stored; beyond it the slot retains WAL again. */
  maxBytes: z
    .int()
    .min(MIB, 'at least 1 MiB (1,048,576)')
    .max(1024 * 1024 * MIB, 'at most 1 TiB')
    .default(SPILL_DEFAULTS.maxBytes),
});
export type SpillSpec = z.infer<typeof spillSpec>;

/** The sink keeps the position with the events, in the order of the stream: what a buffer delivers later would be outside of that. */
const keepsPosition = (sink: { readonly type: string; readonly delivery?: string | undefined }): boolean =>
  sink.type === 'Kafka' && sink.delivery === 'exactly_once';

/** Why a spec may not ask for it; null when it may. */
export function spillRefusal(
  sink: { readonly type: string; readonly delivery?: string | undefined },
  spill: SpillSpec | undefined,
): string | null {
  if (!spill?.enabled || !keepsPosition(sink)) return null;
  return 'set enabled: false, or choose delivery at_least_once: with exactly_once the position in Kafka is the only one, and events from a buffer would come at least once';
}

/** What holds for a stream: as declared, on by default, off for a sink that is exactly-once. */
export function spillOf(spec: {
  readonly sink: { readonly type: string; readonly delivery?: string | undefined };
  readonly spill?: SpillSpec | undefined;
}): SpillSpec {
  const declared = spec.spill ?? SPILL_DEFAULTS;
  return keepsPosition(spec.sink) ? { ...declared, enabled: false } : declared;
}

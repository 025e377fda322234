import type { SpillSpec } from '@/core/spec/spill';
import { SPILL_DEFAULTS } from '@/core/spec/spill-defaults';
import { figure } from './typed';

/** The spill part as the wizard's fields hold it. */
export interface SpillForm {
  readonly enabled: boolean;
  readonly afterSeconds: string;
  /** MiB. */
  readonly maxMib: string;
}

const MIB = 1024 * 1024;

export const EMPTY_SPILL_PART: SpillForm = formOfSpill(undefined);

/** The spec's `spill`, valid or not; nothing where all is as the product sets it. */
export function spillPartOf({ enabled, afterSeconds, maxMib }: SpillForm): Record<string, unknown> {
  const size = Number(maxMib);
  const maxBytes = maxMib.trim() !== '' && Number.isFinite(size) ? Math.round(size * MIB) : maxMib;
  const spill = { enabled, afterSeconds: figure(afterSeconds), maxBytes };
  const asSet = enabled && spill.afterSeconds === SPILL_DEFAULTS.afterSeconds && maxBytes === SPILL_DEFAULTS.maxBytes;
  return asSet ? {} : { spill };
}

export function formOfSpill(spill: SpillSpec | undefined): SpillForm {
  const { enabled, afterSeconds, maxBytes } = spill ?? SPILL_DEFAULTS;
  return { enabled, afterSeconds: String(afterSeconds), maxMib: String(maxBytes / MIB) };
}

import type { Tone } from '@/core/lifecycle/stream-state';

/** Classes of each meaning. Colour never stands alone: a word and an icon stand with it. */
export const TONE_TEXT: Readonly<Record<Tone, string>> = {
  neutral: 'text-ink-muted',
  healthy: 'text-healthy',
  attention: 'text-attention',
  danger: 'text-danger',
  spilling: 'text-spilling',
};

export const TONE_SOFT: Readonly<Record<Tone, string>> = {
  neutral: 'bg-sunken text-ink-muted',
  healthy: 'bg-healthy-soft text-healthy',
  attention: 'bg-attention-soft text-attention',
  danger: 'bg-danger-soft text-danger',
  spilling: 'bg-spilling-soft text-spilling',
};

export const TONE_FILL: Readonly<Record<Tone, string>> = {
  neutral: 'bg-control',
  healthy: 'bg-healthy',
  attention: 'bg-attention',
  danger: 'bg-danger',
  spilling: 'bg-spilling',
};

export const TONE_BORDER: Readonly<Record<Tone, string>> = {
  neutral: 'border-line-strong',
  healthy: 'border-healthy',
  attention: 'border-attention',
  danger: 'border-danger',
  spilling: 'border-spilling',
};

/** A quiet edge around what is tinted already. */
export const TONE_EDGE: Readonly<Record<Tone, string>> = {
  neutral: 'border-line-strong',
  healthy: 'border-healthy/35',
  attention: 'border-attention/35',
  danger: 'border-danger/35',
  spilling: 'border-spilling/35',
};

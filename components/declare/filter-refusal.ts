import type { LivePreview } from './use-preview';

/** What the server has against the row filter; null when nothing, or when it is something else that failed. */
export function filterRefusal(rowFilter: string, { failure }: LivePreview): string | null {
  return rowFilter !== '' && failure?.errorKind === 'invalid_input' ? failure.message : null;
}

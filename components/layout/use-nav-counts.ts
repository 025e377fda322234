'use client';

import { useLive } from '@/components/ui/use-live';

/** What waits for this person. */
export interface NavCounts {
  readonly letters: number;
  readonly requests: number;
  readonly attention: number;
}

export function useNavCounts(initialData: NavCounts): NavCounts {
  return useLive<NavCounts>({ url: '/api/nav', initialData, intervalMs: 5000 }).data;
}

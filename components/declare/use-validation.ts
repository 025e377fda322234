'use client';

import { useQuery } from '@tanstack/react-query';
import { askWorker } from '@/components/inspections/ask-worker';
import type { InspectionOutcome } from '@/core/dto/inspection';
import type { StreamSpec } from '@/core/spec/stream-spec';

/** What the live server says about a spec that is valid by itself: asked while the review step is open. */
export function useValidation(spec: StreamSpec | null) {
  const query = useQuery({
    queryKey: ['validate-spec', spec],
    enabled: spec !== null,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: ({ signal }): Promise<InspectionOutcome<'validate-spec'>> | never => {
      if (!spec) throw new Error('no spec');
      return askWorker('validate-spec', { spec }, signal);
    },
  });
  return { outcome: query.data ?? null, loading: query.isFetching, again: () => void query.refetch() };
}

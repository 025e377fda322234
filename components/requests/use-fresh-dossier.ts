'use client';

import { useQuery } from '@tanstack/react-query';
import { askWorker } from '@/components/inspections/ask-worker';
import type { InspectionOutcome } from '@/core/dto/inspection';
import type { StreamSpec } from '@/core/spec/stream-spec';

/** The dossier as it stands on the live server now; computed once on opening and again on demand. */
export function useFreshDossier(spec: StreamSpec, enabled: boolean) {
  const query = useQuery({
    queryKey: ['dossier', spec],
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: ({ signal }): Promise<InspectionOutcome<'dossier'>> => askWorker('dossier', { spec }, signal),
  });
  const outcome = query.data;
  return {
    dossier: outcome?.ok ? outcome.answer : null,
    failure: outcome && !outcome.ok ? outcome : null,
    loading: query.isFetching,
    again: () => void query.refetch(),
  };
}

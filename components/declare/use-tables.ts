'use client';

import { useQuery } from '@tanstack/react-query';
import { askWorker } from '@/components/inspections/ask-worker';
import type { InspectionOutcome, TableInfo } from '@/core/dto/inspection';

/** Tables of the live catalog of a source, asked once and kept for a minute. */
export function useTables(sourceId: string | null) {
  const query = useQuery({
    queryKey: ['list-tables', sourceId],
    enabled: sourceId !== null,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: ({ signal }): Promise<InspectionOutcome<'list-tables'>> => askWorker('list-tables', { sourceId: sourceId ?? '' }, signal),
  });
  const outcome = query.data;
  return {
    tables: outcome?.ok ? outcome.answer.tables : null,
    /** server_version_num; null until it is known. */
    versionNum: outcome?.ok ? (outcome.answer.serverVersionNum ?? null) : null,
    failure: outcome && !outcome.ok ? outcome : null,
    loading: query.isFetching,
    again: () => void query.refetch(),
  };
}
export type Tables = ReturnType<typeof useTables>;

/** Tables whose `schema.name` contains every word typed; the most recently written first, then the largest. */
export function searchTables(tables: readonly TableInfo[], typed: string): TableInfo[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return tables
    .filter((table) => words.every((word) => `${table.schema}.${table.name}`.toLowerCase().includes(word)))
    .sort(
      (a, b) => (b.lastWriteAt ?? '').localeCompare(a.lastWriteAt ?? '') || b.totalBytes - a.totalBytes || a.name.localeCompare(b.name),
    );
}

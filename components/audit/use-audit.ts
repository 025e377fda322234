'use client';

import { useState } from 'react';
import { fetchJson } from '@/components/ui/use-live';
import type { AuditEntryDto } from '@/core/dto/audit';

export interface AuditPage {
  readonly entries: readonly AuditEntryDto[];
  readonly nextCursor: string | null;
}

/** The pages loaded so far. */
export function useAudit(firstPage: AuditPage) {
  const [pages, setPages] = useState([firstPage]);
  const [loading, setLoading] = useState(false);
  const [failed, setFailed] = useState(false);
  const cursor = pages.at(-1)?.nextCursor ?? null;
  const loadMore = async () => {
    setLoading(true);
    setFailed(false);
    try {
      const page = await fetchJson<AuditPage>(`/api/audit?cursor=${cursor}`);
      setPages((before) => [...before, page]);
    } catch {
      setFailed(true);
    } finally {
      setLoading(false);
    }
  };
  return { entries: pages.flatMap((page) => page.entries), more: cursor !== null, loading, failed, loadMore };
}

'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';

export class FetchFailed extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** GETs JSON from a route of this portal. Throws FetchFailed; status 0 = no answer. */
export async function fetchJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, signal: signal ?? null });
  if (!response.ok) throw new FetchFailed(response.status, `${response.status} ${response.statusText}`);
  return (await response.json()) as T;
}

interface LiveOptions<T> {
  readonly url: string;
  /** What the server rendered; shown until the first answer. */
  readonly initialData?: T | undefined;
  readonly intervalMs?: number;
  readonly enabled?: boolean;
  /** When the address changes, the answer of the one before is shown until there is a new one. */
  readonly keepPrevious?: boolean;
}

export type Failure = 'offline' | 'catalog' | 'signed_out' | 'gone';

export interface Live<T> {
  readonly data: T;
  /** When the data shown was read, ms. */
  readonly updatedAt: number;
  /** The last refresh failed: what is shown is old. */
  readonly failed: Failure | null;
  readonly refetch: () => void;
}

/** The DTO that the server rendered, read again every 2 s while the page is visible. */
export function useLive<T>(options: LiveOptions<T> & { readonly initialData: T }): Live<T>;
export function useLive<T>(options: LiveOptions<T>): Live<T | undefined>;
export function useLive<T>({
  url,
  initialData,
  intervalMs = 2000,
  enabled = true,
  keepPrevious = false,
}: LiveOptions<T>): Live<T | undefined> {
  const query = useQuery<T>({
    queryKey: [url],
    queryFn: ({ signal }) => fetchJson<T>(url, signal),
    ...(initialData === undefined ? {} : { initialData }),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    enabled,
    refetchInterval: intervalMs,
    refetchIntervalInBackground: false,
    retry: false,
    staleTime: intervalMs / 2,
  });
  return {
    data: query.data,
    updatedAt: query.dataUpdatedAt,
    failed: query.isError ? reasonOf(query.error) : null,
    refetch: () => void query.refetch(),
  };
}

function reasonOf(error: Error): Failure {
  if (!(error instanceof FetchFailed)) return 'offline';
  if (error.status === 401) return 'signed_out';
  if (error.status === 503) return 'catalog';
  return error.status === 404 ? 'gone' : 'offline';
}

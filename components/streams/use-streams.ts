'use client';

import { useLive } from '@/components/ui/use-live';
import type { SeriesRange, StreamDetailDto, StreamRowDto, StreamSeriesDto } from '@/core/dto/stream';

export function useStreams(initialData: readonly StreamRowDto[]) {
  return useLive<readonly StreamRowDto[]>({ url: '/api/streams', initialData });
}

export function useStream(initialData: StreamDetailDto) {
  return useLive<StreamDetailDto>({ url: `/api/streams/${initialData.id}`, initialData });
}

/** How often new points can appear: samples are taken every 5 s, 1 min and 15 min. */
const REFRESH_MS: Readonly<Record<SeriesRange, number>> = { '15m': 5000, '6h': 30_000, '7d': 120_000 };

export function useSeries(streamId: string, range: SeriesRange, initialData?: StreamSeriesDto) {
  return useLive<StreamSeriesDto>({
    url: `/api/streams/${streamId}/series?range=${range}`,
    initialData: initialData?.range === range ? initialData : undefined,
    intervalMs: REFRESH_MS[range],
  });
}

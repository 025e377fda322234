import type { LetterCopiesDto } from '@/core/dto/dead-letter';
import { copyPlace, copySinkOf, type RecoverySpec } from '@/core/spec/recovery';
import { catalog } from './client';

/** Where copies of the stream's dead letters go and how many wait to be published; null when there are none. */
export async function readLetterCopies(streamId: string, recovery: RecoverySpec): Promise<LetterCopiesDto | null> {
  const named = copySinkOf(recovery);
  if (!named) return null;
  const waiting = { streamId, copyWanted: true, publishedAt: null };
  const [count, failed] = await Promise.all([
    catalog().deadLetter.count({ where: waiting }),
    catalog().deadLetter.findFirst({
      where: { ...waiting, copyError: { not: null } },
      orderBy: { createdAt: 'asc' },
      select: { copyError: true },
    }),
  ]);
  return { place: copyPlace(named), waiting: count, error: failed?.copyError ?? null };
}

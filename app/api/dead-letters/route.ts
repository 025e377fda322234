import { readRoute } from '@/app/_server/http';
import { listLetters } from '@/core/catalog/letter-list';
import { LETTER_STATUSES } from '@/core/dto/dead-letter';

/** Letters of a group or a stream, a page at a time. */
export const GET = readRoute((actor, request) => {
  const query = new URL(request.url).searchParams;
  const status = LETTER_STATUSES.find((known) => known === query.get('status'));
  return listLetters(actor, {
    fingerprint: query.get('fingerprint') ?? undefined,
    streamId: query.get('stream') ?? undefined,
    status,
    cursor: query.get('cursor') ?? undefined,
    limit: 50,
  });
});

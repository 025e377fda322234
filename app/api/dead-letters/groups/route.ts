import { readRoute } from '@/app/_server/http';
import { listLetterGroups } from '@/core/catalog/dead-letters';

export const GET = readRoute((actor, request) =>
  listLetterGroups(actor, { streamId: new URL(request.url).searchParams.get('stream') ?? undefined }),
);

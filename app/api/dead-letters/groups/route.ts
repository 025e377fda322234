import { readRoute } from '@/app/_server/http';
import { listLetterGroups } from '@/core/catalog/letter-groups';

/** `?stream=`, `?q=` (words), `?group=` (answered besides), `?pages=` (so many from the first on). */
export const GET = readRoute((actor, request) => {
  const query = new URL(request.url).searchParams;
  return listLetterGroups(actor, {
    streamId: query.get('stream'),
    text: query.get('q'),
    fingerprints: query.getAll('group').slice(0, 10),
    pages: Number(query.get('pages')) || 1,
  });
});

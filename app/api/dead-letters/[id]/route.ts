import { readRoute } from '@/app/_server/http';
import { getLetter } from '@/core/catalog/dead-letters';

export const GET = readRoute((actor, _request, params) => getLetter(actor, params.id ?? ''));

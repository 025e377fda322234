import { readRoute } from '@/app/_server/http';
import { getSource } from '@/core/catalog/sources';

export const GET = readRoute((actor, _request, params) => getSource(actor, params.id ?? ''));

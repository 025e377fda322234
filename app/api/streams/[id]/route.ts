import { readRoute } from '@/app/_server/http';
import { getStream } from '@/core/catalog/streams';

export const GET = readRoute<{ id: string }>((actor, _request, { id }) => getStream(actor, id));

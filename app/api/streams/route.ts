import { readRoute } from '@/app/_server/http';
import { listStreams } from '@/core/catalog/streams';

export const GET = readRoute((actor) => listStreams(actor));

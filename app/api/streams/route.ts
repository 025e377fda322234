import { readRoute } from '@/app/_server/http';
import { listStreams } from '@/core/catalog/stream-list';
import { streamQueryFrom } from '@/core/lifecycle/stream-filter';

/** `?q=`, `?team=`, `?state=` and `?page=` as in the address of the streams page. */
export const GET = readRoute((actor, request) => listStreams(actor, streamQueryFrom(new URL(request.url).searchParams)));

import { readRoute } from '@/app/_server/http';
import { listSlots } from '@/core/catalog/slots';
import { slotQueryFrom } from '@/core/lifecycle/slot-query';

/** `?q=`, `?look=needed`, `?source=` and `?page=` as in the address of the slots page. */
export const GET = readRoute((actor, request) => listSlots(actor, slotQueryFrom(new URL(request.url).searchParams)));

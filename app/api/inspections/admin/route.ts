import { verbRoute } from '@/app/_server/http';
import { askAdmin } from '@/core/control/inspections/ask-admin';

/** Connection tests of admins; a typed secret is sealed before it is stored. */
export const POST = verbRoute(askAdmin);

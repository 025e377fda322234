import { verbRoute } from '@/app/_server/http';
import { ask } from '@/core/control/inspections/ask';

/** Questions of builders and leads; waits for the worker's answer. */
export const POST = verbRoute(ask);

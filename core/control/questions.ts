import type { Tx } from '@/core/catalog/client';
import { countOpenInspections, insertInspection } from '@/core/catalog/inspections';
import type { InspectionInput, InspectionKind } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import type { PersonActor } from '@/core/policy/roles';

/** How long a page waits for the worker. */
export const ANSWER_TIMEOUT_MS = 15_000;
const MAX_OPEN_QUESTIONS = 10;

/** Stores a question unless this person has ten open ones: each holds a connection to somebody's production database. */
export async function storeQuestion<K extends InspectionKind>(
  tx: Tx,
  actor: PersonActor,
  kind: K,
  input: InspectionInput<K>,
): Promise<string> {
  if ((await countOpenInspections(tx, actor)) >= MAX_OPEN_QUESTIONS)
    throw new SpillwayError('rate_limited', `you have ${MAX_OPEN_QUESTIONS} open questions; wait for their answers`);
  return insertInspection(tx, actor, kind, input);
}

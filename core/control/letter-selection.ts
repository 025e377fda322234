import * as z from 'zod';
import { joinSql, sql, type Tx } from '@/core/catalog/client';
import { mayRead } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { id } from './inputs';
import { invalid } from './verb-problems';

/** Letters named one by one, or all that share a fingerprint (which belongs to one stream). */
export const letterSelection = z.strictObject({
  letterIds: z.array(id).min(1, 'name at least one letter').max(500, 'name at most 500 letters, or a fingerprint').optional(),
  fingerprint: z.string().min(1).max(200).optional(),
});
export type LetterSelection = z.infer<typeof letterSelection>;

/** Exactly one of the two ways to name letters. */
export function namesOneWay(selection: LetterSelection): boolean {
  return (selection.letterIds === undefined) !== (selection.fingerprint === undefined);
}
export const NAME_ONE_WAY = { error: 'give either letterIds or a fingerprint', path: ['letterIds'] };

/** The one team that owns all letters named; undefined when one is missing or not this person's to see. */
export async function teamOfLetters(tx: Tx, selection: LetterSelection, actor: PersonActor): Promise<string | undefined> {
  const letters = await tx.deadLetter.findMany({
    where: whereNamed(selection),
    select: { id: true, stream: { select: { teamId: true } } },
    ...(selection.fingerprint ? { distinct: ['streamId'] } : {}),
  });
  const wanted = selection.letterIds ? new Set(selection.letterIds).size : 1;
  if (letters.length < wanted) return undefined;
  const teams = new Set(letters.map((letter) => letter.stream.teamId));
  if ([...teams].some((team) => !mayRead(actor, team))) return undefined;
  if (teams.size > 1) throw invalid('letterIds', letters.length, 'name letters of one team');
  return [...teams][0];
}

/** What an audit entry about letters is about: their stream when it is one, else the first. */
export async function streamOfLetters(tx: Tx, selection: LetterSelection) {
  const letter = await tx.deadLetter.findFirstOrThrow({
    where: whereNamed(selection),
    select: { stream: { select: { id: true, name: true, teamId: true } } },
  });
  return letter.stream;
}

function whereNamed({ letterIds, fingerprint }: LetterSelection) {
  return letterIds ? { id: { in: letterIds } } : { fingerprint };
}

/** The same selection as a condition on dead_letter d. */
export function sqlNamed({ letterIds, fingerprint }: LetterSelection) {
  return letterIds ? sql`d.id in (${joinSql(letterIds.map((letterId) => sql`${letterId}::uuid`))})` : sql`d.fingerprint = ${fingerprint}`;
}

import type { LetterAttemptDto, LetterDetailDto } from '@/core/dto/dead-letter';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { hideColumns } from '@/core/spec/filter-hide';
import { type ColumnTransform, columnTransform } from '@/core/spec/filter-transform';
import { catalog } from './client';
import { LETTER_COLUMNS, toLetterRow } from './letter-list';
import { isUuid, teamScope } from './scope';
import { lsnText, toIso } from './values';

/** One letter with input and output; null when this person may not read its team. */
export async function getLetter(actor: PersonActor, id: string): Promise<LetterDetailDto | null> {
  if (!isUuid(id)) return null;
  const letter = await catalog().deadLetter.findFirst({
    where: { id, stream: teamScope(actor) },
    select: {
      ...LETTER_COLUMNS,
      streamId: true,
      revisionId: true,
      commitLsn: true,
      seq: true,
      committedAt: true,
      errorClass: true,
      fingerprint: true,
      input: true,
      output: true,
      attempts: true,
      replayRequestedBy: true,
      resolvedAt: true,
      resolvedBy: true,
      resolution: true,
      copyWanted: true,
      publishedAt: true,
      copyError: true,
      stream: {
        select: {
          id: true,
          name: true,
          state: true,
          teamId: true,
          team: { select: { name: true } },
          currentRevision: { select: { spec: true } },
        },
      },
    },
  });
  if (!letter) return null;
  const { stream } = letter;
  const [revision, around] = await Promise.all([
    catalog().streamRevision.findUnique({ where: { id: letter.revisionId }, select: { number: true, spec: true } }),
    readNeighbours(letter),
  ]);
  return {
    ...toLetterRow(letter),
    stream: { id: stream.id, name: stream.name, teamName: stream.team.name, state: stream.state },
    revisionNumber: revision?.number ?? 0,
    commitLsn: lsnText(letter.commitLsn),
    seq: letter.seq,
    committedAt: toIso(letter.committedAt),
    errorClass: letter.errorClass,
    fingerprint: letter.fingerprint,
    input: hideColumns(letter.input, [transformIn(revision?.spec), transformIn(stream.currentRevision?.spec)]),
    output: letter.output,
    attempts: Array.isArray(letter.attempts) ? (letter.attempts as unknown as LetterAttemptDto[]) : [],
    ...around,
    replayRequestedBy: letter.replayRequestedBy,
    resolvedAt: toIso(letter.resolvedAt),
    resolvedBy: letter.resolvedBy,
    resolution: letter.resolution,
    copy: letter.copyWanted ? { publishedAt: toIso(letter.publishedAt), error: letter.copyError } : null,
    mayReview: mayCall(actor, 'dead-letters.replay', stream.teamId),
  };
}

/** Every stored spec is valid; one that cannot be read any more must not show what it hid. */
function transformIn(spec: unknown): ColumnTransform | undefined {
  const { transform } = (spec ?? {}) as { transform?: unknown };
  return transform === undefined ? undefined : columnTransform.parse(transform);
}

/** Letters of the same key: how many wait behind this one, and the earliest open one that must be resolved before it. */
async function readNeighbours(letter: { streamId: string; keyText: string | null; commitLsn: bigint; seq: number }) {
  const { streamId, keyText, commitLsn, seq } = letter;
  if (keyText === null) return { waitingBehind: 0, blockedBy: null };
  const [waitingBehind, earlier] = await Promise.all([
    catalog().deadLetter.count({
      where: { streamId, keyText, status: 'parked', OR: [{ commitLsn: { gt: commitLsn } }, { commitLsn, seq: { gt: seq } }] },
    }),
    catalog().deadLetter.findFirst({
      where: { streamId, keyText, status: 'open', OR: [{ commitLsn: { lt: commitLsn } }, { commitLsn, seq: { lt: seq } }] },
      orderBy: [{ commitLsn: 'asc' }, { seq: 'asc' }],
      select: { id: true },
    }),
  ]);
  return { waitingBehind, blockedBy: earlier?.id ?? null };
}

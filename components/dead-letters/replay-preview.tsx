'use client';

import { useQuery } from '@tanstack/react-query';
import { ScrollRegion } from '@/components/forms/scroll-region';
import { askWorker } from '@/components/inspections/ask-worker';
import { OutcomeError } from '@/components/inspections/outcome-error';
import { Badge } from '@/components/ui/badge';
import { formatCount, formatPlural } from '@/components/ui/figures';
import { JsonTree } from '@/components/ui/json-tree';
import { SkeletonRows } from '@/components/ui/skeleton';
import { fetchJson } from '@/components/ui/use-live';
import type { LetterRowDto } from '@/core/dto/dead-letter';
import type { InspectionOutcome, ReplayPreview as Preview } from '@/core/dto/inspection';
import { lettersUrl } from './inbox-state';
import { parseJson } from './json-paths';
import { countOf, type ReviewTarget } from './review-target';

/** Letters of a group that are previewed at most: enough to see what changes, few enough to wait for. */
const PREVIEWED = 50;

async function previewOf(target: ReviewTarget, signal: AbortSignal): Promise<InspectionOutcome<'preview-replay'>> {
  if (target.kind === 'letter') return askWorker('preview-replay', { letterIds: [target.letter.id] }, signal);
  const { fingerprint } = target.group;
  const page = await fetchJson<{ letters: LetterRowDto[] }>(
    lettersUrl({ streamId: null, fingerprint, text: '', status: 'open', letterId: null, cursor: null }),
    signal,
  );
  const letterIds = page.letters.slice(0, PREVIEWED).map((letter) => letter.id);
  if (letterIds.length === 0)
    return {
      ok: false,
      errorKind: 'conflict',
      message: 'No letter of this group is open any more.',
      remedy: 'Close this and look at the present state.',
    };
  return askWorker('preview-replay', { letterIds }, signal);
}

/** What a replay would send, made by the current revision, without sending it. */
export function ReplayPreview({ target }: { target: ReviewTarget }) {
  const key = target.kind === 'letter' ? target.letter.id : target.group.fingerprint;
  const query = useQuery({
    queryKey: ['preview-replay', target.kind, key],
    queryFn: ({ signal }) => previewOf(target, signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (query.isFetching)
    return (
      <div role="status">
        <p className="text-ink-muted">Making the messages without sending them…</p>
        <SkeletonRows rows={3} />
      </div>
    );
  if (query.isError || !query.data)
    return (
      <OutcomeError
        failure={{ errorKind: 'internal', message: 'The letters could not be read.', remedy: 'Check your connection and ask again.' }}
        onAgain={() => void query.refetch()}
        what="the messages"
      />
    );
  if (!query.data.ok) return <OutcomeError failure={query.data} onAgain={() => void query.refetch()} what="the messages" />;
  return <Answer preview={query.data.answer} of={countOf(target)} />;
}

function Answer({ preview, of }: { preview: Preview; of: number }) {
  const problems = preview.letters.filter((letter) => letter.problem !== null);
  const same = preview.letters.filter((letter) => letter.problem === null && letter.sameAsBefore).length;
  const again = preview.letters.filter((letter) => letter.note !== undefined).length;
  const changed = preview.letters.length - problems.length - same - again;
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-4">
        <Figure name="Through revision" value={formatCount(preview.revisionNumber)} />
        <Figure name="Keys" value={formatCount(preview.keys)} />
        <Figure name="Message changed" value={formatCount(changed)} />
        <Figure name="Parked letters that follow" value={formatCount(preview.parkedBehind)} />
      </dl>
      {same > 0 ? (
        <p className="text-ink-muted">
          {formatPlural(same, 'message')} would be sent exactly as before: {same === 1 ? 'it is' : 'they are'} accepted only if the receiver
          was mended.
        </p>
      ) : null}
      {problems.length > 0 ? <p className="text-danger">{formatPlural(problems.length, 'letter')} cannot be made into a message.</p> : null}
      <ScrollRegion label="Messages that would be sent" className="max-h-72 overflow-y-auto rounded-md border">
        <ul className="divide-y">
          {preview.letters.map((letter) => (
            <li key={letter.id}>
              <details>
                <summary className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
                  <span className="min-w-0 font-mono text-sm break-all">{letter.key ?? 'no key'}</span>
                  {letter.problem !== null ? (
                    <Badge tone="danger">Problem</Badge>
                  ) : letter.note !== undefined ? (
                    <Badge>Row is read again</Badge>
                  ) : letter.sameAsBefore ? (
                    <Badge>Same message</Badge>
                  ) : (
                    <Badge tone="healthy">Message changed</Badge>
                  )}
                </summary>
                <div className="px-3 pb-3">
                  {letter.problem ? <p className="text-danger">{letter.problem}</p> : null}
                  {letter.note ? <p className="text-ink-muted">{letter.note}</p> : null}
                  {letter.output !== null ? <Message text={letter.output} /> : null}
                </div>
              </details>
            </li>
          ))}
        </ul>
      </ScrollRegion>
      {of > preview.letters.length ? (
        <p className="text-sm text-ink-muted">
          Shown: the latest {formatCount(preview.letters.length)} of {formatCount(of)}.
        </p>
      ) : null}
    </div>
  );
}

function Message({ text }: { text: string }) {
  const value = parseJson(text);
  return value === undefined ? (
    <pre className="font-mono text-sm break-all whitespace-pre-wrap">{text}</pre>
  ) : (
    <JsonTree value={value} depth={3} />
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-sm text-ink-muted">{name}</dt>
      <dd className="text-lg font-semibold">{value}</dd>
    </div>
  );
}

'use client';

import { Inbox as InboxIcon, Keyboard } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/empty-state';
import { formatCount, formatPlural } from '@/components/ui/figures';
import { Skeleton } from '@/components/ui/skeleton';
import { StaleNotice } from '@/components/ui/stale-notice';
import { toast } from '@/components/ui/toast';
import { useLive } from '@/components/ui/use-live';
import { useSettled } from '@/components/ui/use-settled';
import type { LetterDetailDto, LetterGroupsDto, LetterRowDto, LetterStreamDto } from '@/core/dto/dead-letter';
import { type DiscardAction, DiscardDialog } from './discard-dialog';
import { GroupList } from './group-list';
import { InboxFilters } from './inbox-filters';
import { groupsUrl, type InboxCommand, type InboxSelection, lettersUrl, step, writeSelection } from './inbox-state';
import { KeysDialog } from './keys-dialog';
import { LetterList } from './letter-list';
import { LetterPanel } from './letter-panel';
import { type ReplayAction, ReplayDialog } from './replay-dialog';
import { ReplayProgress } from './replay-progress';
import type { Progress, ReviewTarget } from './review-target';
import { STATUS_FACES } from './status-badge';
import { useKeys } from './use-keys';

export interface LetterPage {
  readonly letters: readonly LetterRowDto[];
  readonly nextCursor: string | null;
}

interface InboxProps {
  readonly selection: InboxSelection;
  readonly groups: LetterGroupsDto;
  readonly page: LetterPage;
  readonly letter: LetterDetailDto | null;
  readonly streams: readonly LetterStreamDto[];
  readonly actions: { readonly replay: ReplayAction; readonly discard: DiscardAction };
}

const NO_GROUPS: LetterGroupsDto = { groups: [], matching: 0, open: 0, more: false };

type Act = { readonly act: 'replay' | 'discard'; readonly target: ReviewTarget };

/** Groups | letters | letter. On a narrow screen the deepest one that was picked is shown. */
export function Inbox(first: InboxProps) {
  const [selection, setSelection] = useState(first.selection);
  const [pane, setPane] = useState<'groups' | 'letters'>(first.selection.fingerprint ? 'letters' : 'groups');
  const [act, setAct] = useState<Act | null>(null);
  const [help, setHelp] = useState(false);
  // Enter on a group opens its first letter as soon as the letters are there.
  const [openFirst, setOpenFirst] = useState(false);
  const [progress, setProgress] = useState<Progress | null>(null);
  const { streamId, fingerprint, status, letterId } = selection;

  const firstUrl = lettersUrl(first.selection);
  const url = lettersUrl(selection);
  const [pages, setPages] = useState(1);
  const text = useSettled(selection.text);
  // What is picked or being replayed is asked for besides: it may be further down, or not be found by the words.
  const groupsAt = groupsUrl({ streamId, text, fingerprints: [fingerprint, progress?.fingerprint ?? null], pages });
  const { streamId: firstStream, text: firstText, fingerprint: firstGroup } = first.selection;
  const groups = useLive<LetterGroupsDto>({
    url: groupsAt,
    initialData:
      groupsAt === groupsUrl({ streamId: firstStream, text: firstText, fingerprints: [firstGroup], pages: 1 }) ? first.groups : undefined,
    keepPrevious: true,
  });
  const page = useLive<LetterPage>({ url, initialData: url === firstUrl ? first.page : undefined });
  const letter = useLive<LetterDetailDto>({
    url: `/api/dead-letters/${letterId}`,
    enabled: letterId !== null,
    initialData: letterId !== null && letterId === first.letter?.id ? first.letter : undefined,
  });
  const shown = letterId !== null && letter.data?.id === letterId ? letter.data : null;
  const found = groups.data ?? NO_GROUPS;
  const groupList = found.groups;
  const group = groupList.find((each) => each.fingerprint === fingerprint);

  useEffect(() => {
    const query = writeSelection(selection);
    if (window.location.search !== query) window.history.replaceState(window.history.state, '', `${window.location.pathname}${query}`);
    document
      .querySelector(`[data-item="${CSS.escape(selection.letterId ?? selection.fingerprint ?? '')}"]`)
      ?.scrollIntoView({ block: 'nearest' });
  }, [selection]);

  const firstId = page.data?.letters[0]?.id;
  useEffect(() => {
    if (!openFirst || !page.data) return;
    setOpenFirst(false);
    if (firstId) setSelection((before) => (before.letterId ? before : { ...before, letterId: firstId }));
  }, [openFirst, page.data, firstId]);

  const change = (next: Partial<InboxSelection>) => setSelection((before) => ({ ...before, cursor: null, ...next }));
  const pickGroup = (next: string | null) => {
    change({ fingerprint: next, letterId: null });
    setPane('letters');
  };
  const pickLetter = (id: string) => {
    setSelection((before) => ({ ...before, letterId: id }));
    setPane('letters');
  };
  const start = (kind: Act['act'], target: ReviewTarget | null) => {
    if (!target) return;
    const { mayReview } = target.kind === 'letter' ? target.letter : target.group;
    const team = target.kind === 'letter' ? target.letter.stream.teamName : target.group.stream.teamName;
    if (!mayReview) toast.error(`A team lead of ${team} reviews these letters.`);
    else setAct({ act: kind, target });
  };
  const target: ReviewTarget | null = shown ? { kind: 'letter', letter: shown } : group ? { kind: 'group', group } : null;
  const replayable =
    target?.kind === 'letter' ? target.letter.status === 'open' && target.letter.blockedBy === null : (group?.open ?? 0) > 0;
  const discardable = target?.kind === 'letter' ? ['open', 'parked'].includes(target.letter.status) : (group?.open ?? 0) > 0;

  const onCommand = (command: InboxCommand) => {
    const letters = (page.data?.letters ?? []).map((each) => each.id);
    const fingerprints = groupList.map((each) => each.fingerprint);
    switch (command) {
      case 'next':
      case 'previous': {
        const by = command === 'next' ? 1 : -1;
        if (pane === 'letters') {
          const id = step(letters, letterId, by);
          if (id) pickLetter(id);
        } else change({ fingerprint: step(fingerprints, fingerprint, by), letterId: null });
        return;
      }
      case 'open':
        setPane('letters');
        if (!letterId) setOpenFirst(true);
        return;
      case 'back':
        if (letterId) change({ letterId: null });
        else setPane('groups');
        return;
      case 'replay':
        if (replayable) start('replay', target);
        return;
      case 'discard':
        if (discardable) start('discard', target);
        return;
      case 'help':
        setHelp(true);
    }
  };
  useKeys(onCommand, act === null && !help);

  const nothing = groupList.length === 0 && (page.data?.letters.length ?? 0) === 0 && status === 'open' && !letterId && !text;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <InboxFilters selection={selection} streams={first.streams} onChange={change} />
        <Button size="sm" variant="ghost" onClick={() => setHelp(true)}>
          <Keyboard aria-hidden /> Keys
        </Button>
      </div>
      <StaleNotice live={groups} />
      {progress ? <ReplayProgress progress={progress} groups={groupList} onClose={() => setProgress(null)} /> : null}
      {nothing ? (
        <div className="rounded-lg border bg-surface">
          <EmptyState icon={InboxIcon} title="No dead letters wait for anybody">
            An event that a sink refuses by itself appears here, grouped by what fails, when its stream recovers by dead letter. Outages of
            a sink never do: they are waited for.
          </EmptyState>
        </div>
      ) : (
        <div className="grid overflow-hidden rounded-lg border bg-surface lg:h-[calc(100dvh-14rem)] lg:min-h-[32rem] lg:grid-cols-[14rem_14.5rem_minmax(0,1fr)]">
          <Pane label="Groups" hidden={pane === 'letters' || letterId !== null}>
            <GroupList found={found} searched={text !== ''} current={fingerprint} onPick={pickGroup} onMore={() => setPages(pages + 1)} />
          </Pane>
          <Pane label="Letters" hidden={pane === 'groups' || letterId !== null}>
            <div className="flex flex-wrap items-center justify-between gap-2 border-b px-3 py-2">
              <Button size="sm" className="lg:hidden" onClick={() => setPane('groups')}>
                Back to groups
              </Button>
              <span className="font-medium">{group ? `${group.open} open` : fingerprint ? 'Resolved group' : 'All letters'}</span>
              {group?.mayReview && group.open > 0 ? (
                <span className="flex gap-1.5">
                  <Button
                    size="sm"
                    variant="danger-quiet"
                    aria-label={`Discard ${formatPlural(group.open, 'letter')}`}
                    onClick={() => start('discard', { kind: 'group', group })}
                  >
                    Discard {formatCount(group.open)}
                  </Button>
                  <Button
                    size="sm"
                    variant="primary"
                    aria-label={`Replay ${formatPlural(group.open, 'letter')}`}
                    onClick={() => start('replay', { kind: 'group', group })}
                  >
                    Replay {formatCount(group.open)}
                  </Button>
                </span>
              ) : null}
            </div>
            <LetterList
              page={page.data}
              current={letterId}
              cursor={selection.cursor}
              statusWord={status ? STATUS_FACES[status].word.toLowerCase() : ''}
              onPick={pickLetter}
              onPage={(cursor) => change({ cursor, letterId: null })}
            />
          </Pane>
          <Pane label="Letter" hidden={letterId === null}>
            <Button size="sm" className="m-3 mb-0 lg:hidden" onClick={() => change({ letterId: null })}>
              Back to letters
            </Button>
            {shown ? (
              <LetterPanel
                letter={shown}
                onOpen={pickLetter}
                onReplay={() => start('replay', { kind: 'letter', letter: shown })}
                onDiscard={() => start('discard', { kind: 'letter', letter: shown })}
              />
            ) : letterId && letter.failed === 'gone' ? (
              <EmptyState title="This letter is gone">It may belong to another team, or its stream was removed.</EmptyState>
            ) : letterId ? (
              <div className="flex flex-col gap-4 p-4" role="status" aria-label="Loading">
                <Skeleton className="h-7 w-56" />
                <Skeleton className="h-20" />
                <Skeleton className="h-64" />
              </div>
            ) : (
              <EmptyState icon={InboxIcon} title="Pick a letter">
                Its input, its output and what the sink said stand side by side here. j and k move, Enter opens, ? shows all keys.
              </EmptyState>
            )}
          </Pane>
        </div>
      )}
      <KeysDialog open={help} onOpenChange={setHelp} />
      {act?.act === 'replay' ? (
        <ReplayDialog
          target={act.target}
          action={first.actions.replay}
          onClose={() => setAct(null)}
          onDone={(next, requested) => {
            setProgress(next);
            if (requested === 0)
              toast.error('Nothing was replayed: the letters are not open any more, or an earlier letter of their key comes first.');
            groups.refetch();
            page.refetch();
            letter.refetch();
          }}
        />
      ) : null}
      {act?.act === 'discard' ? (
        <DiscardDialog
          target={act.target}
          action={first.actions.discard}
          onClose={() => setAct(null)}
          onDone={(discarded) => {
            toast.success(`Discarded ${discarded === 1 ? '1 letter' : `${discarded} letters`}.`);
            groups.refetch();
            page.refetch();
            letter.refetch();
          }}
        />
      ) : null}
    </div>
  );
}

function Pane({ label, hidden, children }: { label: string; hidden: boolean; children: ReactNode }) {
  return (
    <section aria-label={label} className={cn('relative min-w-0 overflow-y-auto border-r last:border-r-0', hidden && 'max-lg:hidden')}>
      {children}
    </section>
  );
}

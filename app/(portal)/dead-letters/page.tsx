import type { Metadata } from 'next';
import { requireActor } from '@/app/_server/session';
import { Inbox } from '@/components/dead-letters/inbox';
import { readSelection, type SearchParams } from '@/components/dead-letters/inbox-state';
import { Page } from '@/components/layout/page';
import { PageHeader } from '@/components/layout/page-header';
import { getLetter } from '@/core/catalog/dead-letters';
import { listLetterGroups } from '@/core/catalog/letter-groups';
import { listLetters } from '@/core/catalog/letter-list';
import { listLetterStreams } from '@/core/catalog/stream-list';
import { discardAction, replayAction } from './actions';

export const metadata: Metadata = { title: 'Dead letters' };

export default async function DeadLettersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const selection = readSelection(await searchParams);
  const { streamId, fingerprint, text, status, cursor, letterId } = selection;
  const [groups, page, letter, streams] = await Promise.all([
    listLetterGroups(actor, { streamId, text, fingerprints: fingerprint ? [fingerprint] : [] }),
    listLetters(actor, { streamId, fingerprint, status, cursor, limit: 50 }),
    letterId ? getLetter(actor, letterId) : null,
    listLetterStreams(actor),
  ]);
  return (
    <Page>
      <PageHeader
        title="Dead letters"
        description="Events that a sink refused, grouped by what fails. Nothing here is lost until somebody discards it."
      />
      <Inbox
        selection={selection}
        groups={groups}
        page={page}
        letter={letter}
        streams={streams}
        actions={{ replay: replayAction, discard: discardAction }}
      />
    </Page>
  );
}

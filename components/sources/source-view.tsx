'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { askWorkerAsAdmin } from '@/components/inspections/ask-worker';
import { ConnectionTest } from '@/components/inspections/connection-test';
import { type Fact, Facts } from '@/components/requests/facts';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatBytes, formatPlural } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { StaleNotice } from '@/components/ui/stale-notice';
import { toast } from '@/components/ui/toast';
import { useLive } from '@/components/ui/use-live';
import type { ActionResult } from '@/core/dto/action-result';
import type { SourceDto } from '@/core/dto/connection';
import { SourceEditor } from './source-editor';
import { TLS_WORDS } from './tls-words';

interface SourceViewProps {
  readonly initial: SourceDto;
  readonly mayChange: boolean;
  readonly actions: {
    readonly update: (input: unknown) => Promise<ActionResult<unknown>>;
    readonly remove: (input: unknown) => Promise<ActionResult<unknown>>;
  };
}

/** A source with its facts; admins change, test and remove it here. */
export function SourceView({ initial, mayChange, actions }: SourceViewProps) {
  const router = useRouter();
  const live = useLive({ url: `/api/sources/${initial.id}`, initialData: initial });
  const source = live.data;
  const [editing, setEditing] = useState(false);
  if (editing)
    return (
      <SourceEditor
        stored={initial}
        save={async (input) => {
          const result = await actions.update(input);
          if (result.ok) {
            setEditing(false);
            live.refetch();
          }
          return result;
        }}
      />
    );
  return (
    <>
      <StaleNotice live={live} />
      {source.observation && !source.observation.reachable ? (
        <Callout tone="danger" title="The worker cannot reach this server">
          <p className="break-words">
            {source.observation.error ?? 'It did not answer.'} Streams of this source deliver nothing until it can; nothing is lost.
          </p>
        </Callout>
      ) : null}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Card
            title="Connection"
            actions={
              mayChange ? (
                <div className="flex flex-wrap gap-2">
                  <ConfirmDialog
                    trigger={
                      <Button size="sm" variant="danger-quiet">
                        Remove source
                      </Button>
                    }
                    title={`Remove ${source.name}`}
                    description={
                      source.streamCount > 0
                        ? `${formatPlural(source.streamCount, 'stream')} read from it: retire them first. A source that streams name cannot be removed.`
                        : 'The connection and its sealed password are forgotten. Nothing on the server itself is touched.'
                    }
                    confirmLabel={`Remove ${source.name}`}
                    busyLabel="Removing…"
                    destructive
                    typeToConfirm={source.name}
                    action={() => actions.remove({ sourceId: source.id, confirmName: source.name })}
                    onDone={() => {
                      toast.success(`Removed ${source.name}.`);
                      router.push('/sources');
                      router.refresh();
                    }}
                  />
                  <Button size="sm" onClick={() => setEditing(true)}>
                    Change source
                  </Button>
                </div>
              ) : undefined
            }
          >
            <Facts facts={connectionFacts(source)} />
          </Card>
          <Card title="Server" description="As the worker last saw it.">
            <Facts facts={serverFacts(source)} />
          </Card>
        </div>
        {mayChange ? (
          <ConnectionTest
            description="The worker connects and checks everything a stream needs, step by step."
            ask={() => askWorkerAsAdmin('test-source', { sourceId: source.id })}
          />
        ) : (
          <p className="text-ink-muted">Platform admins change, test and remove sources.</p>
        )}
      </div>
    </>
  );
}

function connectionFacts(source: SourceDto): Fact[] {
  return [
    { name: 'Host', value: <span className="font-mono text-sm break-all">{`${source.host}:${source.port}`}</span> },
    {
      name: 'Standbys',
      value:
        source.standbys.length === 0 ? (
          'none named'
        ) : (
          <span className="font-mono text-sm break-all">{source.standbys.map(({ host, port }) => `${host}:${port}`).join(', ')}</span>
        ),
      hint: source.standbys.length === 0 ? 'A slot is lost with its server.' : undefined,
    },
    ...(source.patroniUrl ? [{ name: 'Patroni', value: <span className="font-mono text-sm break-all">{source.patroniUrl}</span> }] : []),
    { name: 'Database', value: <span className="font-mono text-sm">{source.database}</span> },
    { name: 'Role', value: <span className="font-mono text-sm">{source.username}</span> },
    { name: 'Password', value: 'stored', hint: 'Sealed to the worker’s key.' },
    {
      name: 'TLS',
      value: TLS_WORDS[source.tlsMode].label,
      hint: source.hasCaCertificate ? 'With a CA certificate of its own.' : undefined,
    },
    { name: 'Registered', value: <RelativeTime at={source.createdAt} /> },
  ];
}

function serverFacts({ observation, slotLimit, streamCount }: SourceDto): Fact[] {
  const of = (used: number | null | undefined, max: number | null | undefined) =>
    used == null || max == null ? 'not known' : `${used} of ${max} used`;
  return [
    { name: 'Version', value: observation?.serverVersion ?? 'not known' },
    { name: 'Slots', value: of(observation?.usedSlots, observation?.maxSlots), hint: 'max_replication_slots, by anybody.' },
    { name: 'Slots of Spillway', value: `${streamCount} of ${slotLimit}` },
    { name: 'WAL senders', value: of(observation?.usedSenders, observation?.maxSenders) },
    { name: 'WAL written', value: observation?.walBytesPerSec == null ? 'not known' : `${formatBytes(observation.walBytesPerSec)}/s` },
    {
      name: 'Cap on WAL for slots',
      value: !observation?.reachable
        ? 'not known'
        : observation.maxSlotWalKeepBytes === null
          ? 'none'
          : formatBytes(observation.maxSlotWalKeepBytes),
      hint:
        observation?.reachable && observation.maxSlotWalKeepBytes === null
          ? 'A slot that nobody reads can fill the disk. Set max_slot_wal_keep_size.'
          : undefined,
    },
    { name: 'Looked at', value: observation ? <RelativeTime at={observation.observedAt} /> : 'not yet' },
  ];
}

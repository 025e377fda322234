'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { askWorkerAsAdmin } from '@/components/inspections/ask-worker';
import { ConnectionTest } from '@/components/inspections/connection-test';
import { type Fact, Facts } from '@/components/requests/facts';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatMs, formatPlural } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { toast } from '@/components/ui/toast';
import type { ActionResult } from '@/core/dto/action-result';
import type { SinkTargetDto } from '@/core/dto/connection';
import type { SinkTargetConfig } from '@/core/spec/sink-target';
import { signInWords } from './kafka-sign-in';
import { registryWords } from './registry-words';
import { TargetEditor } from './target-editor';
import { placeOf } from './target-place';

interface TargetViewProps {
  readonly target: SinkTargetDto;
  readonly mayChange: boolean;
  readonly actions: {
    readonly update: (input: unknown) => Promise<ActionResult<{ generatedSecret: string | null }>>;
    readonly remove: (input: unknown) => Promise<ActionResult<unknown>>;
  };
}

export function TargetView({ target, mayChange, actions }: TargetViewProps) {
  const router = useRouter();
  const [editing, setEditing] = useState(false);
  if (editing) return <TargetEditor stored={target} save={actions.update} onSaved={() => setEditing(false)} />;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <Card
        title={target.config.type}
        actions={
          mayChange ? (
            <div className="flex flex-wrap gap-2">
              <ConfirmDialog
                trigger={
                  <Button size="sm" variant="danger-quiet">
                    Remove target
                  </Button>
                }
                title={`Remove ${target.name}`}
                description={
                  target.streamCount > 0
                    ? `${formatPlural(target.streamCount, 'stream')} deliver to it: revise or retire them first. A target that streams name cannot be removed.`
                    : 'The connection and its sealed secret are forgotten. Nothing at the target itself is touched.'
                }
                confirmLabel={`Remove ${target.name}`}
                busyLabel="Removing…"
                destructive
                typeToConfirm={target.name}
                action={() => actions.remove({ targetId: target.id, confirmName: target.name })}
                onDone={() => {
                  toast.success(`Removed ${target.name}.`);
                  router.push('/sinks');
                  router.refresh();
                }}
              />
              <Button size="sm" onClick={() => setEditing(true)}>
                Change target
              </Button>
            </div>
          ) : undefined
        }
      >
        <Facts facts={targetFacts(target)} />
      </Card>
      {mayChange ? (
        <ConnectionTest
          description="The worker connects the way a stream would. No event is delivered."
          ask={() => askWorkerAsAdmin('test-sink', { targetId: target.id })}
        />
      ) : (
        <p className="text-ink-muted">Platform admins change, test and remove sink targets.</p>
      )}
    </div>
  );
}

function targetFacts({ config, hasSecret, streamCount, createdAt }: SinkTargetDto): Fact[] {
  return [
    { name: 'Place', value: <span className="font-mono text-sm break-all">{placeOf(config)}</span> },
    ...ownFacts(config),
    { name: 'Secret', value: hasSecret ? 'stored' : 'none', hint: hasSecret ? 'Sealed to the worker’s key.' : undefined },
    { name: 'Streams', value: streamCount },
    { name: 'Registered', value: <RelativeTime at={createdAt} /> },
  ];
}

function ownFacts(config: SinkTargetConfig): Fact[] {
  switch (config.type) {
    case 'Http':
      return [{ name: 'Timeout', value: formatMs(config.timeoutMs) }, privateAddresses(config.allowPrivateNetwork)];
    case 'Kafka':
      return [
        { name: 'TLS', value: config.tls ? 'on' : 'off' },
        ...(config.clientCertificate ? [{ name: 'Client certificate', value: 'stored' }] : []),
        { name: 'SASL', value: signInWords(config.sasl) },
        ...(config.registry ? [{ name: 'Schema registry', value: registryWords(config.registry) }] : []),
      ];
    case 'Nakadi':
      return [
        { name: 'Sign-in', value: config.auth.type === 'token' ? 'a token' : `client ${config.auth.clientId} at ${config.auth.tokenUrl}` },
        { name: 'Timeout', value: formatMs(config.timeoutMs) },
        privateAddresses(config.allowPrivateNetwork),
      ];
    case 'AwsLambda':
    case 'Sqs':
      return [
        { name: 'Region', value: config.region },
        {
          name: 'Credentials',
          value: config.credentials.type === 'static' ? `access key ${config.credentials.accessKeyId}` : 'role of the worker’s machine',
        },
        privateAddresses(config.allowPrivateNetwork),
      ];
    case 'EventLog':
      return [];
  }
}

function privateAddresses(allowed: boolean): Fact {
  return { name: 'Private addresses', value: allowed ? 'allowed' : 'refused' };
}

import { problemFor } from '@/components/forms/problem-text';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import type { StepProps } from './step-props';

/** What happens while the sink is down. */
export function SpillFields({ state, dispatch, problems }: StepProps) {
  const { spill, sink } = state.form;
  const edit = (change: Partial<typeof spill>) => dispatch({ type: 'edit', section: 'spill', change });
  if (sink.type === 'Kafka' && sink.kafkaExactlyOnce) return null;
  return (
    <Card title="While the sink is down" description="Half of the WAL budget used ends the wait, however long it is.">
      <div className="flex flex-col gap-4">
        <Switch
          checked={spill.enabled}
          onCheckedChange={(enabled) => edit({ enabled })}
          label="Events go to the durable buffer"
          hint="The slot frees its WAL, and the buffer drains in order once the sink is back. Off: the slot retains WAL for as long as it lasts."
        />
        {spill.enabled ? (
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="After, seconds" hint="1 to 86,400." error={problemFor(problems, 'spill.afterSeconds')}>
              <Input inputMode="numeric" value={spill.afterSeconds} onChange={(event) => edit({ afterSeconds: event.target.value })} />
            </Field>
            <Field
              label="Room in the buffer, MiB"
              hint="Compressed; at this size the slot retains WAL again."
              error={problemFor(problems, 'spill.maxBytes')}
            >
              <Input inputMode="decimal" value={spill.maxMib} onChange={(event) => edit({ maxMib: event.target.value })} />
            </Field>
          </div>
        ) : null}
      </div>
    </Card>
  );
}

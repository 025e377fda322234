import { problemFor } from '@/components/forms/problem-text';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import type { SinkTargetDto } from '@/core/dto/connection';
import { CopySinkFields } from './copy-sink-fields';
import { SpillFields } from './spill-fields';
import type { StepProps } from './step-props';

export function RecoveryStep({ targets, ...step }: StepProps & { targets: readonly SinkTargetDto[] }) {
  const { state, dispatch, problems } = step;
  const { recovery } = state.form;
  const edit = (change: Partial<typeof recovery>) => dispatch({ type: 'edit', section: 'recovery', change });
  return (
    <div className="flex flex-col gap-4">
      <Card
        title="Recovery"
        description="What happens to an event that the sink refuses. An outage of the sink is another matter: it is always waited for."
      >
        <RadioGroup
          label="Recovery"
          labelHidden
          value={recovery.type}
          onChange={(type) => edit({ type })}
          options={[
            {
              value: 'DeadLetter',
              label: 'Dead letter',
              hint: 'The event is kept as a dead letter for a team lead to replay or discard; the others go on.',
            },
            {
              value: 'None',
              label: 'None',
              hint: 'It is retried forever: the stream stalls visibly and its slot retains WAL until the sink accepts it.',
            },
            { value: 'Ignore', label: 'Ignore', hint: 'It is counted and dropped after the last attempt: the receiver never gets it.' },
          ]}
        />
      </Card>
      {recovery.type === 'None' ? null : (
        <Card title="Limits">
          <div className="flex flex-col gap-4">
            <div className="grid gap-4 sm:grid-cols-2">
              <Field
                label="Attempts for an event"
                hint="In all, for an event that the sink refuses. 1 to 20."
                error={problemFor(problems, 'recovery.maxAttempts')}
              >
                <Input inputMode="numeric" value={recovery.maxAttempts} onChange={(event) => edit({ maxAttempts: event.target.value })} />
              </Field>
              {recovery.type === 'DeadLetter' ? (
                <Field
                  label="Open letters at most"
                  hint="Open and parked ones; at this many the stream stops visibly."
                  error={problemFor(problems, 'recovery.maxOpen')}
                >
                  <Input inputMode="numeric" value={recovery.maxOpen} onChange={(event) => edit({ maxOpen: event.target.value })} />
                </Field>
              ) : null}
              {recovery.type === 'DeadLetter' ? (
                <Field
                  label="Room for open letters, MiB"
                  hint="As Spillway stores them; at this size the stream stops visibly. Empty: 1,024 MiB."
                  error={problemFor(problems, 'recovery.maxOpenBytes')}
                >
                  <Input
                    inputMode="decimal"
                    placeholder="1024"
                    value={recovery.maxOpenMib}
                    onChange={(event) => edit({ maxOpenMib: event.target.value })}
                  />
                </Field>
              ) : null}
            </div>
            {recovery.type === 'DeadLetter' ? (
              <RadioGroup
                label="Later events of the same key"
                columns={2}
                value={recovery.keyOrder}
                onChange={(keyOrder) => edit({ keyOrder })}
                options={[
                  {
                    value: 'park',
                    label: 'Park',
                    hint: 'They wait behind the dead letter, so the order of each key holds. Other keys go on.',
                  },
                  {
                    value: 'skip',
                    label: 'Skip',
                    hint: 'They go on at once; a later replay delivers the dead letter after newer events of its key.',
                  },
                ]}
              />
            ) : null}
          </div>
        </Card>
      )}
      <SpillFields {...step} />
      {recovery.type === 'DeadLetter' ? <CopySinkFields {...step} targets={targets} /> : null}
    </div>
  );
}

import { Field } from '@/components/ui/field';
import { formatBytes, formatPlural } from '@/components/ui/figures';
import { RadioGroup } from '@/components/ui/radio-group';
import { Textarea } from '@/components/ui/textarea';
import type { StreamDetailDto } from '@/core/dto/stream';
import type { BufferDecision } from './recover-button';

interface BufferChoiceProps {
  readonly figures: NonNullable<StreamDetailDto['figures']>;
  readonly buffered: BufferDecision['buffered'];
  readonly onBuffered: (buffered: 'deliver' | 'discard') => void;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}

/** What becomes of what the durable buffer holds. */
export default function BufferChoice({ figures: { spilled, spilledBytes }, buffered, onBuffered, reason, onReason }: BufferChoiceProps) {
  return (
    <>
      <RadioGroup
        label={`${formatPlural(spilled, 'event')} (${formatBytes(spilledBytes)}) in the durable buffer`}
        value={buffered}
        onChange={onBuffered}
        options={[
          { value: 'deliver', label: 'Deliver them first', hint: 'They go to the sink in order, then what is read anew follows.' },
          { value: 'discard', label: 'Discard them', hint: 'They are deleted and never delivered. This cannot be undone.' },
        ]}
      />
      {buffered === 'discard' ? (
        <Field label="Why they are discarded" hint="Kept in the audit and on the stream’s timeline.">
          <Textarea value={reason} onChange={(event) => onReason(event.target.value)} />
        </Field>
      ) : null}
    </>
  );
}

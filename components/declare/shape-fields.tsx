import { problemFor } from '@/components/forms/problem-text';
import { Disclosure } from '@/components/ui/disclosure';
import { RadioGroup, type RadioOption } from '@/components/ui/radio-group';
import { Switch } from '@/components/ui/switch';
import type { DebeziumEnvelopeSpec, UNCHANGED_TOAST } from '@/core/spec/flow';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow-defaults';
import { MODE_EXAMPLES, type ModeExample, type ModeExamples } from '@/core/spec/flow-examples';
import { ProblemLine } from './problem-line';
import { shapeWords } from './shape-words';
import type { StepProps } from './step-props';

type ValueField = keyof ModeExamples;
type Words<F extends ValueField> = { readonly label: string; readonly of: Readonly<Record<DebeziumEnvelopeSpec[F], string>> };

/** Debezium's names, each in plain words; the examples beside them are what the flow really writes. */
const WORDS: { readonly [F in ValueField]: Words<F> } = {
  decimalHandlingMode: {
    label: 'numeric and money (decimal.handling.mode)',
    of: {
      string: 'Text with every digit: readable by everyone.',
      precise: 'Base64 of the digits without their point. A reader has to know the scale: JSON carries no schema.',
      double: 'A JSON number, rounded to about 15 digits.',
    },
  },
  timePrecisionMode: {
    label: 'date, time and timestamp (time.precision.mode)',
    of: {
      adaptive: 'Milliseconds where the column has up to 3 fractional digits, else microseconds.',
      adaptive_time_microseconds: 'As adaptive, but a time is always in microseconds.',
      connect: 'Always milliseconds, as in Kafka Connect: finer digits are cut off.',
      isostring: 'ISO 8601 text in UTC.',
      microseconds: 'Always microseconds.',
      nanoseconds: 'Always nanoseconds. Before 1677 and after 2262 they exceed 64 bits.',
    },
  },
  intervalHandlingMode: {
    label: 'interval (interval.handling.mode)',
    of: { numeric: 'Microseconds; a month counts as 30.4375 days.', string: 'ISO 8601 text: months stay months.' },
  },
  binaryHandlingMode: {
    label: 'bytea (binary.handling.mode)',
    of: {
      bytes: 'Base64: JSON has no bytes.',
      base64: 'Base64, the same text as bytes.',
      'base64-url-safe': 'Base64 with - and _ instead of + and /.',
      hex: 'Hexadecimal digits.',
    },
  },
  hstoreHandlingMode: {
    label: 'hstore (hstore.handling.mode)',
    of: { json: 'A JSON object inside a string.', map: 'A JSON object.' },
  },
};

const UNCHANGED_OPTIONS: readonly RadioOption<(typeof UNCHANGED_TOAST)[number]>[] = [
  { value: 'placeholder', label: 'placeholder', hint: <>As Debezium: {code('"__debezium_unavailable_value"')} stands for it.</> },
  { value: 'omit', label: 'omit', hint: <>The field is not there: {code('{"id":7,"status":"paid"}')}.</> },
  {
    value: 'reselect',
    label: 'reselect',
    hint: 'Read from the table when the event is made: the present value, which may be newer than the change. Placeholder where the row is gone.',
  },
];

/** How values look in a message: Debezium's modes, folded away because few change them. */
export function ShapeFields({ state, dispatch, problems }: StepProps) {
  const { flow } = state.form;
  if (flow.type !== 'DebeziumEnvelope') return null;
  const edit = (change: Partial<DebeziumEnvelopeSpec>) => dispatch({ type: 'edit', section: 'flow', change });
  return (
    <Disclosure title="Shape" chosen={shapeWords(flow)} open={problemFor(problems, 'flow') !== undefined}>
      <div className="flex flex-col gap-5">
        <p className="text-sm text-ink-muted">
          How values are written. The names are Debezium's; a new stream differs from its defaults in one: decimals are strings, because
          base64 cannot be read without a schema.
        </p>
        <ValueModes field="decimalHandlingMode" flow={flow} onEdit={edit} />
        <ValueModes field="timePrecisionMode" flow={flow} onEdit={edit} />
        <ValueModes field="intervalHandlingMode" flow={flow} onEdit={edit} />
        <ValueModes field="binaryHandlingMode" flow={flow} onEdit={edit} />
        <ValueModes field="hstoreHandlingMode" flow={flow} onEdit={edit} />
        <RadioGroup
          label="Large values that a change left as they were, which the server does not send"
          value={flow.unchangedToast}
          onChange={(unchangedToast) => edit({ unchangedToast })}
          options={UNCHANGED_OPTIONS}
        />
        <Switch
          label="Transaction metadata (provide.transaction.metadata)"
          hint={
            <>
              Each event names its transaction: {code('"transaction":{"id":"571:53195832","total_order":1,"data_collection_order":1}')}. Its
              begin and end are events of their own.
            </>
          }
          checked={flow.transactionMetadata}
          onCheckedChange={(transactionMetadata) => edit({ transactionMetadata })}
        />
        <ProblemLine>{problemFor(problems, 'flow')}</ProblemLine>
      </div>
    </Disclosure>
  );
}

interface ValueModesProps<F extends ValueField> {
  readonly field: F;
  readonly flow: DebeziumEnvelopeSpec;
  readonly onEdit: (change: Partial<DebeziumEnvelopeSpec>) => void;
}

function ValueModes<F extends ValueField>({ field, flow, onEdit }: ValueModesProps<F>) {
  const { label, of } = WORDS[field];
  const examples: Readonly<Record<string, ModeExample>> = MODE_EXAMPLES[field];
  return (
    <RadioGroup<DebeziumEnvelopeSpec[F]>
      label={label}
      value={flow[field]}
      onChange={(mode) => onEdit({ [field]: mode })}
      columns={2}
      options={(Object.entries(of) as [DebeziumEnvelopeSpec[F], string][]).map(([value, words]) => ({
        value,
        label: value === DEBEZIUM_DEFAULTS[field] ? `${value}, Debezium's default` : value,
        hint: <Hint words={words} example={examples[value]} />,
      }))}
    />
  );
}

function Hint({ words, example }: { words: string; example: ModeExample | undefined }) {
  return (
    <>
      {words}
      {example ? (
        <span className="block">
          {example.type} {code(example.text)} becomes {code(example.json)}
        </span>
      ) : null}
    </>
  );
}

function code(text: string) {
  return <span className="wrap-anywhere font-mono text-ink">{text}</span>;
}

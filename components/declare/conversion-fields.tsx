'use client';

import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { problemFor } from '@/components/forms/problem-text';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import type { SinkTargetDto } from '@/core/dto/connection';
import type { FieldProblem } from '@/core/errors';
import { type ConversionForm, nameOfConversion, newConversion, withChange, withMoved } from './conversion-part-form';
import { LambdaConversionFields } from './lambda-conversion-fields';
import { ProblemLine } from './problem-line';
import type { StepProps } from './step-props';
import type { LivePreview } from './use-preview';

/** Its editor is loaded where a stream has a script. */
const ScriptFields = dynamic(() => import('./script-fields').then((fields) => fields.ScriptFields), {
  loading: () => <Skeleton className="h-72" />,
});

/** The longest chain that a spec may have. */
const MOST = 4;

interface ConversionFieldsProps extends StepProps {
  readonly targets: readonly SinkTargetDto[];
  readonly live: LivePreview;
}

/** What is done to the flow's messages before the sink has them: a chain, each link with its fields. */
export function ConversionFields({ state, dispatch, problems, targets, live }: ConversionFieldsProps) {
  const { conversions } = state.form;
  const put = (next: readonly ConversionForm[]) => dispatch({ type: 'conversions', conversions: next });
  const functions = targets.flatMap(({ name, config }) => (config.type === 'AwsLambda' ? [{ name, region: config.region }] : []));
  const names = functions.map(({ name }) => name);
  const failing = live.preview?.rows.find(({ converted }) => converted?.left?.kind === 'failed')?.converted?.left?.reason;
  return (
    <Card
      title="Conversions"
      description="Optional. Each takes the messages that the flow, or the conversion before it, made. What one cannot do now waits as for a sink that is down; what it refuses goes to recovery."
    >
      <div className="flex flex-col gap-4">
        {conversions.map((form, index) => (
          <Link
            // Links of a chain have no identity but their place.
            key={`${index}-${form.type}`}
            form={form}
            index={index}
            last={index === conversions.length - 1}
            onMove={(by) => put(withMoved(conversions, index, by))}
            onRemove={() => put(conversions.toSpliced(index, 1))}
          >
            {form.type === 'AwsLambdaConversion' ? (
              <LambdaConversionFields
                form={form}
                functions={functions}
                problem={problemIn(problems, index)}
                onChange={(change) => put(withChange(conversions, index, change))}
              />
            ) : (
              <ScriptFields
                script={form}
                problem={problemIn(problems, index)}
                failing={conversions.length === 1 ? failing : undefined}
                onChange={(change) => put(withChange(conversions, index, change))}
              />
            )}
          </Link>
        ))}
        <ProblemLine>{problemFor(problems, 'conversions')}</ProblemLine>
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            disabled={conversions.length >= MOST || names.length === 0}
            onClick={() => put([...conversions, newConversion('AwsLambdaConversion', names)])}
          >
            <Plus aria-hidden /> Add a Lambda function
          </Button>
          <Button size="sm" disabled={conversions.length >= MOST} onClick={() => put([...conversions, newConversion('Script', names)])}>
            <Plus aria-hidden /> Add a script
          </Button>
        </div>
        {names.length === 0 ? (
          <p className="text-sm text-ink-muted">For Lambda functions a platform admin registers a sink target of type AWS Lambda first.</p>
        ) : null}
      </div>
    </Card>
  );
}

/** What is wrong with a field of one link. */
const problemIn = (problems: readonly FieldProblem[], index: number) => (field: string) =>
  problemFor(problems, `conversions.${index}.${field}`);

interface LinkProps {
  readonly form: ConversionForm;
  readonly index: number;
  readonly last: boolean;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
  readonly children: React.ReactNode;
}

function Link({ form, index, last, onMove, onRemove, children }: LinkProps) {
  const name = nameOfConversion(form);
  return (
    <fieldset className="min-w-0 rounded-md border p-3">
      <legend className="sr-only">
        Conversion {index + 1}: {name}
      </legend>
      <div className="mb-3 flex items-center justify-between gap-2">
        <p aria-hidden className="min-w-0 truncate font-medium">
          {index + 1}. {name}
        </p>
        <div className="flex shrink-0">
          <Button
            size="icon"
            variant="ghost"
            aria-label={`Move conversion ${index + 1} up`}
            disabled={index === 0}
            onClick={() => onMove(-1)}
          >
            <ArrowUp aria-hidden />
          </Button>
          <Button size="icon" variant="ghost" aria-label={`Move conversion ${index + 1} down`} disabled={last} onClick={() => onMove(1)}>
            <ArrowDown aria-hidden />
          </Button>
          <Button size="icon" variant="ghost" aria-label={`Remove conversion ${index + 1}`} onClick={onRemove}>
            <X aria-hidden />
          </Button>
        </div>
      </div>
      {children}
    </fieldset>
  );
}

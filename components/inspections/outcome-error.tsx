import { ServerOff } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { ErrorPanel } from '@/components/ui/error-panel';
import type { ErrorKind } from '@/core/error-catalogue';

interface Failure {
  readonly errorKind: ErrorKind;
  readonly message: string;
  readonly remedy: string;
}

/** A question that was not answered: the worker is not running, or it answered with an error and a remedy. */
export function OutcomeError({ failure, onAgain, what }: { failure: Failure; onAgain?: () => void; what: string }) {
  const again = onAgain ? (
    <Button size="sm" onClick={onAgain}>
      Ask again
    </Button>
  ) : null;
  if (failure.errorKind === 'worker_unavailable')
    return (
      <Callout tone="attention" icon={ServerOff} title="The worker is not running" action={again}>
        <p>
          Only the worker reaches sources and sinks, so {what} cannot be shown. {failure.remedy}
        </p>
      </Callout>
    );
  return <ErrorPanel title={failure.message} remedy={failure.remedy} action={again} />;
}

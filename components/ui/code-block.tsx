import { cn } from './cn';
import { CopyButton } from './copy-button';

/** A region that scrolls has to take focus, or nobody without a mouse can read its end (WCAG 2.1.1). */
const SCROLLS_BY_KEYBOARD = { tabIndex: 0 };

interface CodeBlockProps {
  readonly code: string;
  /** What it is, for the copy button and the label: "YAML", "SQL". */
  readonly what: string;
  readonly className?: string;
}

/** Text to read or copy: SQL, YAML, a message. Scrolls sideways by itself and by keyboard. */
export function CodeBlock({ code, what, className }: CodeBlockProps) {
  return (
    <div className={cn('group relative min-w-0 rounded-md border bg-sunken', className)}>
      <section aria-label={what} {...SCROLLS_BY_KEYBOARD} className="max-h-[40rem] overflow-auto p-3 pr-10">
        <pre className="font-mono text-sm whitespace-pre text-ink">{code}</pre>
      </section>
      <CopyButton text={code} what={what} className="absolute top-1.5 right-1.5 size-7 bg-sunken" />
    </div>
  );
}

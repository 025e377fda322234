import { ScrollRegion } from '@/components/forms/scroll-region';
import type { PreviewSchemas } from '@/core/dto/inspection';

/** Schemas of key and value, as the format has them. */
export function SchemaText({ schemas: { key, value } }: { schemas: PreviewSchemas }) {
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {key === null ? null : <Part name="Key" text={key} />}
      <Part name="Value" text={value} />
    </div>
  );
}

function Part({ name, text }: { name: string; text: string }) {
  return (
    <div className="min-w-0">
      <h3 className="pb-1 text-sm text-ink-muted">{name}</h3>
      <ScrollRegion label={`Schema of the ${name.toLowerCase()}`} className="max-h-80 overflow-auto rounded-md border">
        <pre className="p-3 font-mono text-sm">{text}</pre>
      </ScrollRegion>
    </div>
  );
}

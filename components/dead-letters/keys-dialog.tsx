import { Dialog } from '@/components/ui/dialog';
import { KEYS } from './inbox-state';

export function KeysDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys of the inbox">
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2">
        {Object.entries(KEYS).map(([key, { words }]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-sm border bg-sunken px-1.5 py-0.5 font-mono text-sm">{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

import Link from 'next/link';
import { Glyph } from '@/components/layout/wordmark';
import { Button } from '@/components/ui/button';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="flex max-w-sm flex-col items-center gap-3 text-center">
        <Glyph className="size-8 text-accent" />
        <h1 className="text-lg font-medium">There is nothing here</h1>
        <p className="text-ink-muted">Check the address.</p>
        <Button asChild>
          <Link href="/streams">Go to streams</Link>
        </Button>
      </div>
    </main>
  );
}

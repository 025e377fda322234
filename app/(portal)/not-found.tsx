import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function NotFound() {
  return (
    <Page>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={SearchX}
        title="There is nothing here"
        action={
          <Button asChild>
            <Link href="/streams">Go to streams</Link>
          </Button>
        }
      >
        It may be gone, or belong to a team that you are not in. Check the address.
      </EmptyState>
    </Page>
  );
}

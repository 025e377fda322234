'use client';

import Link from 'next/link';
import { type ComponentProps, useState } from 'react';

/**
 * A link in a list: what it leads to is fetched ahead once the pointer or the focus is on it. A plain Link fetches ahead for every row in
 * sight, which costs the server more than the list itself.
 */
export function RowLink(props: Omit<ComponentProps<typeof Link>, 'prefetch' | 'onPointerEnter' | 'onFocus'>) {
  const [likely, setLikely] = useState(false);
  const expect = () => setLikely(true);
  return <Link {...props} prefetch={likely ? null : false} onPointerEnter={expect} onFocus={expect} />;
}

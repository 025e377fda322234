import type { ReactNode } from 'react';

/** The column every page of the portal stands in. */
export function Page({ children }: { children: ReactNode }) {
  return <div className="mx-auto flex w-full max-w-[1280px] flex-col gap-5 px-4 py-5 sm:px-6 lg:px-8 lg:py-7">{children}</div>;
}

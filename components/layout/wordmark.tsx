import Link from 'next/link';

/** A dam with its gate open: the product in one glyph. */
export function Wordmark() {
  return (
    <Link href="/streams" className="flex h-8 w-fit items-center gap-2 rounded-md text-lg font-semibold tracking-tight">
      <Glyph />
      Spillway
    </Link>
  );
}

export function Glyph({ className = 'size-5 text-accent' }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 6h7.5c3.5 0 2 8 5.5 8h3" />
      <path d="M2 10h6" opacity=".55" />
      <path d="M2 14h8" opacity=".55" />
    </svg>
  );
}

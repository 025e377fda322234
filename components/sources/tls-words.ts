import type { TlsMode } from '@/core/spec/source-database';

export const TLS_WORDS: Readonly<Record<TlsMode, { readonly label: string; readonly hint: string }>> = {
  verify_full: { label: 'Verify', hint: 'Encrypted, and the certificate must be valid for this host (sslmode verify-full).' },
  require: { label: 'Encrypt only', hint: 'Encrypted, but whoever answers is trusted: no protection from an impostor (sslmode require).' },
  disable: { label: 'None', hint: 'Password exchange and rows travel in the clear. For a private network or this machine only.' },
};

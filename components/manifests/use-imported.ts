'use client';

import { useEffect, useState } from 'react';
import type { importManifests } from '@/core/spec/fes/import-manifest';
import type { Connections } from '@/core/spec/fes/imported';

type Imported = ReturnType<typeof importManifests>;

/** What becomes of a text of manifests; null while there is none. What reads YAML is loaded with the first text. */
export function useImported(text: string, connections: Connections): Imported | null {
  const [read, setRead] = useState<{ readonly text: string; readonly result: Imported } | null>(null);
  useEffect(() => {
    if (text.trim() === '') return setRead(null);
    let wanted = true;
    void import('@/core/spec/fes/import-manifest').then(({ importManifests }) => {
      if (wanted) setRead({ text, result: importManifests(text, connections) });
    });
    return () => {
      wanted = false;
    };
  }, [text, connections]);
  return text.trim() === '' ? null : (read?.result ?? null);
}

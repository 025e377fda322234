'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { checkForm, SpecCheck } from './form-check';
import type { SpecForm } from './spec-form';

export interface LiveCheck {
  /** Of the form as it is, or, for the moment in which the checks are loaded, as it was. */
  readonly check: SpecCheck;
  /** The check is of the form as it is. */
  readonly current: boolean;
  /** Loads the checks. To be called at the first touch, so that they are there before the first edit is done. */
  readonly load: () => void;
}

/**
 * Checks the form at each edit. The schemas are a tenth of the page's JavaScript, and who only looks does not need them: until the
 * first touch the server's check of the same form holds.
 */
export function useCheck(form: SpecForm, first: SpecCheck): LiveCheck {
  const [checker, setChecker] = useState<{ readonly check: typeof checkForm } | null>(null);
  const begun = useRef(form).current;
  const load = useCallback(() => {
    // Without the file nothing can be sent; the next touch tries again.
    import('./form-check').then(
      ({ checkForm }) => setChecker((before) => before ?? { check: checkForm }),
      () => undefined,
    );
  }, []);
  const untouched = form === begun;
  useEffect(() => {
    if (!untouched) load();
  }, [untouched, load]);
  const live = useMemo(() => (checker && !untouched ? checker.check(form) : null), [checker, untouched, form]);
  return { check: live ?? first, current: live !== null || untouched, load };
}

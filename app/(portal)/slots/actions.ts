'use server';

import { perform } from '@/app/_server/action';
import type { SetBudget } from '@/components/slots/budget-dialog';
import { setBudget } from '@/core/control/slots/set-budget';

export const setBudgetAction: SetBudget = async (input) => perform(setBudget, input);

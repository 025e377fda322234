'use server';

import { perform } from '@/app/_server/action';
import { revise } from '@/core/control/streams/revise';

export const reviseAction = async (input: unknown) => perform(revise, input);

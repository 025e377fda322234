'use server';

import { perform } from '@/app/_server/action';
import { discard } from '@/core/control/dead-letters/discard';
import { replay } from '@/core/control/dead-letters/replay';

export const replayAction = async (input: unknown) => perform(replay, input);
export const discardAction = async (input: unknown) => perform(discard, input);

'use server';

import { perform } from '@/app/_server/action';
import { register } from '@/core/control/sink-targets/register';
import { remove } from '@/core/control/sink-targets/remove';
import { update } from '@/core/control/sink-targets/update';

export const registerSinkTargetAction = async (input: unknown) => perform(register, input);
export const updateSinkTargetAction = async (input: unknown) => perform(update, input);
export const removeSinkTargetAction = async (input: unknown) => perform(remove, input);

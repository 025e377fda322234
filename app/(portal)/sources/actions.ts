'use server';

import { perform } from '@/app/_server/action';
import { register } from '@/core/control/sources/register';
import { remove } from '@/core/control/sources/remove';
import { update } from '@/core/control/sources/update';

export const registerSourceAction = async (input: unknown) => perform(register, input);
export const updateSourceAction = async (input: unknown) => perform(update, input);
export const removeSourceAction = async (input: unknown) => perform(remove, input);

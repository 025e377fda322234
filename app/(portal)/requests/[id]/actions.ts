'use server';

import { perform } from '@/app/_server/action';
import { approve } from '@/core/control/slots/approve';
import { reject } from '@/core/control/slots/reject';
import { withdraw } from '@/core/control/streams/withdraw';

export const approveAction = async (input: unknown) => perform(approve, input);
export const rejectAction = async (input: unknown) => perform(reject, input);
export const withdrawAction = async (input: unknown) => perform(withdraw, input);

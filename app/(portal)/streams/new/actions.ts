'use server';

import { perform } from '@/app/_server/action';
import { discardDraft } from '@/core/control/streams/discard-draft';
import { request } from '@/core/control/streams/request';

export const requestAction = async (input: unknown) => perform(request, input);
export const discardDraftAction = async (input: unknown) => perform(discardDraft, input);

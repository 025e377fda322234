'use server';

import { perform } from '@/app/_server/action';
import type { RestartInput, StreamActions } from '@/components/streams/stream-actions';
import { pause } from '@/core/control/streams/pause';
import { recover } from '@/core/control/streams/recover';
import { restart } from '@/core/control/streams/restart';
import { resume } from '@/core/control/streams/resume';
import { retire } from '@/core/control/streams/retire';

export const pauseAction: StreamActions['pause'] = async (input) => perform(pause, input);
export const resumeAction: StreamActions['resume'] = async (input) => perform(resume, input);
export const retireAction: StreamActions['retire'] = async (input) => perform(retire, input);
export const recoverAction: StreamActions['recover'] = async (input) => perform(recover, input);
export const restartAction = async (input: RestartInput) => perform(restart, input);

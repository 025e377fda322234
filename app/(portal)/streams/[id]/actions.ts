'use server';

import { perform } from '@/app/_server/action';
import type { RestartInput, StreamActions } from '@/components/streams/stream-actions';
import { cancelSnapshot } from '@/core/control/streams/cancel-snapshot';
import { pause } from '@/core/control/streams/pause';
import { pauseSnapshot } from '@/core/control/streams/pause-snapshot';
import { recover } from '@/core/control/streams/recover';
import { restart } from '@/core/control/streams/restart';
import { resume } from '@/core/control/streams/resume';
import { resumeSnapshot } from '@/core/control/streams/resume-snapshot';
import { retire } from '@/core/control/streams/retire';
import { startSnapshot } from '@/core/control/streams/start-snapshot';

export const pauseAction: StreamActions['pause'] = async (input) => perform(pause, input);
export const resumeAction: StreamActions['resume'] = async (input) => perform(resume, input);
export const retireAction: StreamActions['retire'] = async (input) => perform(retire, input);
export const recoverAction: StreamActions['recover'] = async (input) => perform(recover, input);
export const startSnapshotAction: StreamActions['startSnapshot'] = async (input) => perform(startSnapshot, input);
export const pauseSnapshotAction: StreamActions['pauseSnapshot'] = async (input) => perform(pauseSnapshot, input);
export const resumeSnapshotAction: StreamActions['resumeSnapshot'] = async (input) => perform(resumeSnapshot, input);
export const cancelSnapshotAction: StreamActions['cancelSnapshot'] = async (input) => perform(cancelSnapshot, input);
export const restartAction = async (input: RestartInput) => perform(restart, input);

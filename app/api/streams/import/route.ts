import { verbRoute } from '@/app/_server/http';
import { importManifest } from '@/core/control/streams/import-manifest';

export const POST = verbRoute(importManifest);

import type { CheckStep, Dossier } from '@/core/dto/inspection';
import { formatBytes, formatSpan } from '@/core/postgres/wal-budget';

/** The plain sentence that leads a dossier: what approving costs, and what happens if the stream stops. Pure. */
export function dossierVerdict(server: Dossier['server'], forecast: Dossier['forecast'], checks: readonly CheckStep[]): string {
  const failed = checks.filter((step) => step.status === 'failed').map((step) => step.name);
  if (failed.length > 0) {
    return `Not ready: ${failed.join(', ')} ${failed.length === 1 ? 'fails' : 'fail'}, so provisioning would stop there.`;
  }
  const free = server.maxSlots - server.usedSlots;
  const granted = server.slotLimit - server.ourSlots;
  if (granted <= 0)
    return `All ${server.slotLimit} slots allowed to Spillway on this server are in use; retire a stream or raise the limit first.`;
  const uses = `Approving this uses 1 of ${free} free ${free === 1 ? 'slot' : 'slots'}`;
  return `${uses}; ${consequence(server, forecast)}.`;
}

function consequence(server: Dossier['server'], { secondsToCap, secondsToBudget, suggestedBudgetBytes }: Dossier['forecast']): string {
  if (server.walBytesPerSec <= 0)
    return `the server wrote no WAL in ${Math.round(server.sampledSeconds)} s, so a stopped stream would retain next to nothing`;
  if (secondsToCap !== null) return `if the stream stops, the server gives its slot up after about ${formatSpan(secondsToCap)}`;
  const budget = `its budget of ${formatBytes(suggestedBudgetBytes)} lasts about ${formatSpan(secondsToBudget)}`;
  return `if the stream stops, ${budget}, and the server itself has no limit before its disk is full`;
}

import * as z from 'zod';
import type { InspectionInput } from '@/core/dto/inspection';
import type { KafkaRoutes } from '@/core/dto/kafka-routes';
import { messageOf, SpillwayError } from '@/core/errors';
import { eventFilter } from '@/core/spec/filter';
import { kafkaKeyProblems } from '@/core/spec/filter-check';
import { columnTransform } from '@/core/spec/filter-transform';
import { DEBEZIUM_DEFAULTS, flowSpec } from '@/core/spec/flow';
import { problemsOf } from '@/core/spec/problems';
import { kafkaSink } from '@/core/spec/sink/kafka';
import { sourceSpec } from '@/core/spec/source';
import manifest from '@/package.json';
import { stagedFlow } from '@/worker/flow/filter/staged-flow';
import { createFlow } from '@/worker/flow/registry';
import { withColumns } from '@/worker/flow/with-columns';
import { withKey } from '@/worker/flow/with-key';
import { summarizeRoutes } from '@/worker/sink/kafka/route-summary';
import { keyExpression, routingColumns } from '@/worker/sink/kafka/routing';
import { serverFacts } from '@/worker/source/postgres/server-facts';
import { tableRefOf } from '@/worker/source/postgres/table-relation';
import { sampleRows } from '@/worker/source/postgres/tables';
import { type InspectionContext, sourceNamed } from './context';
import { committedAsSaid, sampleChange, sampleOp } from './sample-change';

const ROWS = 1_000;

const routable = z.object({
  applicationId: z.string().min(1).catch('your-stream'),
  source: sourceSpec,
  filter: eventFilter.optional(),
  transform: columnTransform.optional(),
  flow: flowSpec.catch(DEBEZIUM_DEFAULTS),
  sink: kafkaSink,
});

/** Where the latest rows of the table would go: the sink's own routing, without a broker. Throws `invalid_input` with the problems. */
export async function answerKafkaRoutes(input: InspectionInput<'kafka-routes'>, context: InspectionContext): Promise<KafkaRoutes> {
  const parsed = routable.safeParse(input.spec);
  const problems = parsed.success ? await kafkaKeyProblems(parsed.data.sink) : problemsOf(parsed.error, input.spec);
  if (!parsed.success || problems.length > 0) {
    const words = problems.map(({ field, remedy }) => `${field}: ${remedy}`).join('; ');
    throw new SpillwayError('invalid_input', `the form is not filled in yet (${words})`, { problems });
  }
  const { source, applicationId, flow: flowOf, sink } = parsed.data;
  const { connection } = await sourceNamed(source.database, context);
  const sample = await sampleRows({ source: connection, table: tableRefOf(source), operations: source.operations, limit: ROWS });
  const facts = await serverFacts(connection);
  const envelope = createFlow(flowOf, {
    logicalName: applicationId,
    database: connection.database,
    tombstones: false,
    spillwayVersion: manifest.version,
  });
  const flow = await stagedFlow(await withKey(withColumns(envelope, routingColumns(sink)), keyExpression(sink)), parsed.data);
  const op = sampleOp(source);
  const nowUs = BigInt(Date.now()) * 1000n;
  const failures: string[] = [];
  const events = sample.rows.flatMap((row, index) => {
    const change = committedAsSaid(sampleChange(op, sample.relation, row, index, facts, nowUs), flowOf);
    try {
      const result = flow.transform(change, nowUs);
      return result.kind === 'events' ? result.events : [];
    } catch (thrown) {
      failures.push(messageOf(thrown));
      return [];
    }
  });
  return summarizeRoutes(sink, applicationId, events, failures);
}

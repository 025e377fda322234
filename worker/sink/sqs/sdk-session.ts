import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { SdkHandler } from '@/worker/network/sdk-handler';
import type { SqsSession } from './sqs-port';

/**
 * A session on Amazon's own client. This file is imported when a stream needs it, not before: the client is a megabyte of source. It
 * shares no library with the rest of a pipeline, else bundling would put that into a file of its own for every stream.
 * - The pipeline owns retries, so a call is made once (`maxAttempts: 1`).
 * - By default the client sends to the host of the queue's URL, which the service names: with `useQueueUrlAsEndpoint` off, calls
 *   go to the registered endpoint alone.
 */
export function openSdkSession(config: SinkTargetConfigOf<'Sqs'>, secret: string | null, requestHandler: SdkHandler): SqsSession {
  const client = new SQSClient({
    region: config.region,
    maxAttempts: 1,
    useQueueUrlAsEndpoint: false,
    requestHandler,
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    ...(config.credentials.type === 'static'
      ? { credentials: { accessKeyId: config.credentials.accessKeyId, secretAccessKey: secret ?? '' } }
      : {}),
  });
  return {
    async queue(name, abortSignal) {
      const { QueueUrl: url } = await client.send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal });
      if (!url) throw new Error('SQS named no URL of the queue');
      const attributes = await client
        .send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }), { abortSignal })
        .then(({ Attributes = {} }): Partial<Record<string, string>> => Attributes)
        .catch((error: unknown): Partial<Record<string, string>> => {
          // Sending does not need this right: without it the smallest limit that a queue can have by default is taken.
          if (error instanceof Error && /AccessDenied|AccessDeniedException/.test(error.name)) return {};
          throw error;
        });
      return {
        url,
        maxMessageBytes: numberOf(attributes.MaximumMessageSize),
        waiting: numberOf(attributes.ApproximateNumberOfMessages),
      };
    },

    async send(queueUrl, messages, abortSignal) {
      const { Failed = [], Successful = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map(({ body, attributes, groupId, deduplicationId }, index) => ({
            Id: String(index),
            MessageBody: body,
            MessageAttributes: Object.fromEntries(
              Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
            ),
            ...(groupId ? { MessageGroupId: groupId } : {}),
            ...(deduplicationId ? { MessageDeduplicationId: deduplicationId } : {}),
          })),
        }),
        { abortSignal },
      );
      const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
      const sent = new Set(Successful.map((entry) => entry.Id));
      return messages.flatMap((_, index) => {
        const id = String(index);
        const entry = failed.get(id);
        if (!entry && sent.has(id)) return [];
        const { Code: code = 'NotNamed', Message: message = 'the answer does not name this message', SenderFault = false } = entry ?? {};
        return [{ index, code, message, senderFault: SenderFault }];
      });
    },

    close: () => client.destroy(),
  };
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** The name by which SQS knows the queue of a spec. Apart from the schema, so that pages that only show it do not load one. */
export function queueOf({ type, queueName }: { readonly type: 'SqsStandard' | 'SqsFifo'; readonly queueName: string }): string {
  return type === 'SqsFifo' && !queueName.endsWith('.fifo') ? `${queueName}.fifo` : queueName;
}

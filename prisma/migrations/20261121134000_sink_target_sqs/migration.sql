-- An account of Amazon SQS, or of a service that speaks its protocol.
ALTER TYPE "SinkTargetType" ADD VALUE 'Sqs';

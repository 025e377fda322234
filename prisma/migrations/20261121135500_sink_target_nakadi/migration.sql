-- A Nakadi event bus.
ALTER TYPE "SinkTargetType" ADD VALUE 'Nakadi';

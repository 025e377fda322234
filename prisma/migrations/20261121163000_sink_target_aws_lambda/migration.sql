-- An account of AWS Lambda: where conversions by a function run.
ALTER TYPE "SinkTargetType" ADD VALUE 'AwsLambda';

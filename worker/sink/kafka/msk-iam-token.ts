/** An access key of AWS. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * A token for Amazon MSK with IAM: a presigned URL of kafka-cluster:Connect, valid for 15 minutes, sent as OAUTHBEARER. Without a
 * key, what the worker's machine has (the SDK's default chain). Loaded when first asked for: the SDK is large.
 */
export async function mskIamToken(region: string, key: AccessKey | null): Promise<{ value: string }> {
  const signer = await import('aws-msk-iam-sasl-signer-js');
  const { token } = key
    ? await signer.generateAuthTokenFromCredentialsProvider({ region, awsCredentialsProvider: async () => key })
    : await signer.generateAuthToken({ region });
  return { value: token };
}

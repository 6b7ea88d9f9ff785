import { type ApiClient, createApiClient } from '../api/api-client.ts';
import { signRequest } from '../api/sign-request.ts';
import type { Cloud } from './cloud.ts';

/** A client for the cloud's API that proves who asks in the way that the cloud wants. */
export function connectApi(cloud: Cloud, signal: AbortSignal): ApiClient {
  const { apiUrl: url, auth, token, region } = cloud;
  if (auth === 'bearer' && token) {
    return createApiClient({ url, signal, authorize: async () => ({ authorization: `Bearer ${token}` }) });
  }
  if (auth !== 'iam') return createApiClient({ url, signal });
  // The SDK's chain of environment, profile, SSO and roles, as every AWS program has it.
  const { credentials } = cloud.s3().config;
  return createApiClient({ url, signal, authorize: (request) => signRequest(request, region, credentials) });
}

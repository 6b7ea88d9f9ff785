/** Which operation a request to AWS is, as `service.Operation`. */
import type { AwsCall } from '@dropforge/local';

export function operationOf({ service, request }: AwsCall): string {
  const target = String(request.headers['x-amz-target'] ?? '');
  if (target) return `${service}.${target.slice(target.lastIndexOf('.') + 1)}`;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  if (service !== 's3')
    return `${service}.${request.method} ${pathname.replace(/\/(arn|[0-9a-f]{8}-|group-|device-|dropforge)[^/]*/g, '/*')}`;
  const parameters = [...searchParams.keys()].filter((name) => !/^(x-|X-|prefix|max|continuation)/.test(name)).sort();
  const about = pathname.split('/').length > 2 ? 'Object' : 'Bucket';
  return `s3.${request.method}${about}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`;
}

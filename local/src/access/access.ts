/** Lets each caller do what its policy allows, as AWS would, so that a missing permission shows on this machine. */
import type { IncomingMessage } from 'node:http';
import type { CallFacts, CallRecorder } from './call-recorder.ts';
import type { Identities, Identity } from './identities.ts';
import type { Place } from './permissions/rule.ts';
import { type ApiCall, permissionsFor } from './permissions-for.ts';
import { isAllowed, type Permission } from './policy.ts';
import { readCall } from './read-call.ts';
import { refusal, refusalMessage } from './refusal.ts';

export interface Access {
  readonly identities: Identities;
  /** Checks a request of any service but S3. @throws AwsError for one that its caller's policy does not allow */
  authorize(service: string, accessKeyId: string, request: IncomingMessage): Promise<void>;
  /** The sentence of the refusal, or undefined where the call is allowed. `further` is needed besides the call's own. */
  check(accessKeyId: string, call: ApiCall, request: IncomingMessage, further?: Permission): string | undefined;
  /** The same for what AWS itself does with a function's rights. */
  checkDeed(functionKey: string, call: ApiCall): string | undefined;
  readonly recorder: CallRecorder | undefined;
}

export interface AccessOptions {
  readonly identities: Identities;
  readonly place: Place;
  readonly recorder: CallRecorder | undefined;
  readonly log: (line: string) => void;
}

export function createAccess({ identities, place, recorder, log }: AccessOptions): Access {
  function judge(accessKeyId: string, call: ApiCall, tell: (facts: CallFacts) => void, further?: Permission) {
    const identity = identities.find(accessKeyId);
    if (identity === undefined) return undefined; // who it is has been asked before
    const { statements, kind, name } = identity;
    const needed = [...neededFor(identity, call, place), ...(further === undefined ? [] : [further])];
    const permissions = needed.map((one) => withContext(one, identity.context));
    const refused = statements && permissions.find((one) => !isAllowed(statements, one));
    const { service, operation, input } = call;
    const facts = { caller: { kind, name }, service, operation, input, permissions };
    tell(refused === undefined ? facts : { ...facts, refused });
    if (refused === undefined) return undefined;
    log(
      `ACCESS_DENIED: ${name} lacks ${refused.action} on ${refused.resource}; its policy in serverless.yml must allow it.`,
    );
    return refusalMessage(identity, refused);
  }
  const check: Access['check'] = (accessKeyId, call, request, further) =>
    judge(accessKeyId, call, (facts) => recorder?.name(request, facts), further);
  return {
    identities,
    recorder,
    check,
    checkDeed: (functionKey, call) =>
      judge(identities.ofFunction(functionKey).accessKeyId, call, (facts) => recorder?.note(facts)),
    async authorize(service, accessKeyId, request) {
      const message = check(accessKeyId, await readCall(service, request), request);
      if (message !== undefined) throw refusal(service, message);
    },
  };
}

/** A call that no table knows is named by itself, which no narrow policy allows. */
function neededFor({ statements }: Identity, call: ApiCall, place: Place): Permission[] {
  const known = permissionsFor(call, place);
  if (known !== undefined || statements === undefined) return known ?? [];
  return [{ action: `${call.service}:${call.operation}`, resource: '*' }];
}

function withContext(permission: Permission, context: Readonly<Record<string, string>>): Permission {
  return { ...permission, context: { ...context, ...permission.context } };
}

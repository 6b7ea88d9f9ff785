/** Why a model was not taken, as the cloud and people read it. The code is stable. */
export type FailureCode =
  | 'DELIVERY_INVALID'
  | 'DELIVERY_OUTDATED'
  | 'DELIVERY_EXPIRED'
  | 'SIGNATURE_INVALID'
  | 'SIGNING_KEYS_MISSING'
  | 'RELEASE_INVALID'
  | 'ARTIFACT_INVALID'
  | 'DIGEST_MISMATCH'
  | 'TARGET_MISSING'
  | 'DISK_FULL'
  | 'SELF_TEST_FAILED'
  | 'RUNNER_CRASHED'
  | 'RUNNER_SILENT'
  | 'WRONG_ANSWER'
  | 'RESTARTED_TOO_OFTEN'
  | 'SLOT_DAMAGED'
  | 'AGENT_ERROR';

/** A fault that ends a change of model: the device goes back to the model it had. */
export class AgentFailure extends Error {
  override readonly name = 'AgentFailure';
  readonly code: FailureCode;
  readonly action: string | undefined;

  constructor(code: FailureCode, message: string, action?: string) {
    super(message);
    this.code = code;
    this.action = action;
  }
}

/** The failure that anything thrown stands for: a full disk has its own code wherever it shows. */
export function toFailure(error: unknown): AgentFailure {
  if (error instanceof AgentFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException; // whatever is thrown here is an Error
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AgentFailure(
      'DISK_FULL',
      `The device's disk is full: ${message}.`,
      'Free space on the device, then retry.',
    );
  }
  return new AgentFailure('AGENT_ERROR', `The agent failed: ${message}`);
}

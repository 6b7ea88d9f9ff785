/** What one check found, for a person and for a script. */
export interface Finding {
  /** Name of the check. */
  readonly check: string;
  /** `skipped`: it could not be looked at here, or there is nothing to look at. */
  readonly status: 'ok' | 'skipped' | 'failed';
  readonly message: string;
  /** What to do about it. */
  readonly action?: string | undefined;
}

export type Found = Omit<Finding, 'check'>;

export const ok = (message: string): Found => ({ status: 'ok', message });
export const skipped = (message: string, action?: string): Found => ({ status: 'skipped', message, action });
export const failed = (message: string, action: string): Found => ({ status: 'failed', message, action });

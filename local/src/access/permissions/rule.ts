/** Which permissions a call needs: one table for each service, an operation a line. */
import type { Permission } from '../policy.ts';

/** A call's input: its structure, or for REST services what stands in path, query, headers and body, by name. */
export type Input = Readonly<Record<string, unknown>>;

/** Where the call is made: what ARNs are composed of. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export type Rule = (input: Input, place: Place) => Permission[];
export type Rules = Readonly<Record<string, Rule>>;

export function text(input: Input, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

export function record(value: unknown): Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function list(value: unknown): Input[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export function arn(service: string, resource: string, { region, accountId }: Place): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

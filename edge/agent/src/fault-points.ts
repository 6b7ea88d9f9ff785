/** Places where a power cut is tried in the fault test; in a device's agent they do nothing. */
export const faultPoints = [
  'state-written',
  'slot-wiped',
  'file-unpacked',
  'slot-filled',
  'self-tested',
  'link-made',
  'link-switched',
  'health-checked',
  'report-sent',
] as const;

export type FaultPoint = (typeof faultPoints)[number];

/** Says that the agent has come to a place. */
export type Reached = (point: FaultPoint) => Promise<void> | void;

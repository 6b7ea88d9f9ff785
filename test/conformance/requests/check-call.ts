/** One recorded call against its service's model: the request, and what the stand-in answered. */
import type { RecordedCall } from '@dropforge/local';
import { type Check, checkShape } from './check-shape.ts';
import { type Message, readAnswer, readRequest } from './read-message.ts';
import { type Operation, type ServiceModel, shapeOf } from './service-model.ts';

/** What is wrong with the request; none if AWS's own SDK could have sent it. */
export function checkRequest(model: ServiceModel, call: RecordedCall): string[] {
  const operation = model.operations[call.operation];
  if (operation === undefined) return [`${call.service} has no ${call.operation}`];
  if (call.request.method !== operation.http.method) return [`${call.operation} is ${operation.http.method}`];
  const message = readRequest(model, operation, call);
  return [...message.strays, ...checkMessage(message, operation.input?.shape, { model, unknownMembers: 'refused' })];
}

/** What is wrong with the answer of a stand-in. */
export function checkAnswer(model: ServiceModel, call: RecordedCall): string[] {
  const operation = model.operations[call.operation];
  if (operation === undefined) return [];
  if (call.answer.status >= 400) return checkError(operation, call);
  const expected = operation.http.responseCode;
  if (expected !== undefined && ![expected, 204, 206].includes(call.answer.status)) {
    return [`status ${call.answer.status} instead of ${expected}`];
  }
  const message = readAnswer(model, operation, call);
  return checkMessage(message, operation.output?.shape, { model, unknownMembers: 'refused' });
}

function checkMessage(message: Message, name: string | undefined, check: Omit<Check, 'scalars'>): string[] {
  if (name === undefined) return Object.keys(message.members).map((member) => `.${member} is no member`);
  const { members = {}, required = [], payload } = shapeOf(check.model, name);
  const missing = required
    .filter((one) => one !== payload && !(one in message.members))
    .map((one) => `.${one} is missing`);
  const xml = check.model.metadata.protocol === 'rest-xml';
  const found = Object.entries(message.members).flatMap(([member, value]) => {
    const known = members[member];
    if (known === undefined) return [`.${member} is no member`];
    if (value === undefined || value === null) return [];
    return checkShape(value, known.shape, `.${member}`, {
      ...check,
      scalars: xml || message.texts.has(member) ? 'text' : 'json',
    });
  });
  return [...missing, ...found];
}

/** Errors that every service has, by https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and S3's own list. */
const common = [
  'AccessDenied',
  'AccessDeniedException',
  'ForbiddenException',
  'ThrottlingException',
  'ValidationException',
];

function checkError(operation: Operation, { service, answer }: RecordedCall): string[] {
  const code = answer.headers['x-amzn-errortype'];
  if (service === 's3' || typeof code !== 'string') return []; // S3's model leaves nearly all of its errors out
  const known = [...common, ...(operation.errors ?? []).map(({ shape }) => shape)];
  return known.includes(code) ? [] : [`the error ${code} is none of ${operation.name}'s`];
}

/** A message of a queue and its attributes. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html */
import { createHash } from 'node:crypto';

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface QueueMessage {
  queue: string;
  messageId: string;
  body: string;
  /** The attributes that are text, by name. */
  attributes: Record<string, string>;
  typedAttributes: MessageAttributes;
  /** Milliseconds since 1970. */
  sentAt: number;
  /** Hidden until then; milliseconds since 1970. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** What the last receiver may delete it with; absent before the first. */
  receipt: string | undefined;
  /** The queue that gave it up, if this is a dead-letter queue. */
  sourceArn: string | undefined;
}

export function fromRow(row: Record<string, unknown>): QueueMessage {
  const typedAttributes = readAttributes(String(row.attributes));
  const texts = Object.entries(typedAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]);
  return {
    queue: String(row.queue),
    messageId: String(row.id),
    body: String(row.body),
    attributes: Object.fromEntries(texts),
    typedAttributes,
    sentAt: Number(row.sent_at),
    visibleAt: Number(row.visible_at),
    receiveCount: Number(row.receive_count),
    firstReceivedAt: row.first_received_at === null ? undefined : Number(row.first_received_at),
    receipt: row.receipt === null ? undefined : String(row.receipt),
    sourceArn: row.source_arn === null ? undefined : String(row.source_arn),
  };
}

/** Attributes of type String. */
export function textAttributes(values: Readonly<Record<string, string>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}

/** An earlier version kept plain texts. */
function readAttributes(text: string): MessageAttributes {
  const stored: Record<string, MessageAttribute | string> = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      typeof value === 'string' ? { DataType: 'String', StringValue: value } : value,
    ]),
  );
}

/** Clients compare it with what they sent or received. */
export function md5(data: string | Buffer): string {
  return createHash('md5').update(data).digest('hex');
}

/** The digest of a message's attributes: name, type and value of each, in the order of the names. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    const binary = BinaryValue !== undefined;
    const value = binary ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue ?? '');
    return [
      ...counted(Buffer.from(name)),
      ...counted(Buffer.from(DataType)),
      Buffer.of(binary ? 2 : 1),
      ...counted(value),
    ];
  });
  return md5(Buffer.concat(parts));
}

/** Four bytes of length, most significant first, then the bytes. */
function counted(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

/** What counts against the largest message: the body and every attribute's name, type and value. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  const parts = Object.entries(attributes).map(
    ([name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(BinaryValue, 'base64'),
  );
  return parts.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body));
}

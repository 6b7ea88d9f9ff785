/** The buttons of a message. https://docs.slack.dev/reference/block-kit/block-elements/button-element */

export interface ShownButton {
  readonly actionId: string;
  readonly blockId: string;
  readonly label: string;
  readonly value: string;
  readonly style: string;
}

/** Of every `actions` block, in order. */
export function buttonsIn(blocks: unknown): ShownButton[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.filter(isActions).flatMap(({ block_id: blockId, elements }, index) =>
    elements.filter(isButton).map(({ action_id: actionId, text, value = '', style = '' }) => ({
      ...{ actionId, value, style, label: text.text },
      blockId: blockId ?? `actions-${index}`,
    })),
  );
}

interface Actions {
  type: 'actions';
  block_id?: string;
  elements: unknown[];
}

interface Button {
  type: 'button';
  action_id: string;
  text: { text: string };
  value?: string;
  style?: string;
}

export function isActions(block: unknown): block is Actions {
  return isRecord(block) && block.type === 'actions' && Array.isArray(block.elements);
}

function isButton(element: unknown): element is Button {
  return (
    isRecord(element) && element.type === 'button' && isRecord(element.text) && typeof element.action_id === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

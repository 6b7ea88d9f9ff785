/** The channel as a page, so that a person sees what Slack would show. */
import { buttonsIn, isActions } from './buttons.ts';
import type { SlackMessage } from './message-store.ts';

/** Blocks are shown by their texts; whatever they hold, no markup but ours comes out. */
export function messagePage(messages: readonly SlackMessage[], notes: ReadonlyMap<string, string>): string {
  const articles = messages.map(({ ts, text, blocks, edits }) => {
    const lines = textsOf(Array.isArray(blocks) ? blocks.filter((block) => !isActions(block)) : blocks);
    const body = (lines.length > 0 ? lines : [text]).map((line) => `<p>${mrkdwn(line)}</p>`).join('');
    const note = notes.get(ts);
    const seen = note === undefined ? '' : `<p class="note">Only visible to you: ${mrkdwn(note)}</p>`;
    return `<article>${body}${buttonForms(ts, blocks)}${seen}<footer>${ts}${edits > 0 ? ` · edited ${edits}×` : ''}</footer></article>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>#dropforge</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}article{border:1px solid #8884;border-radius:8px;padding:.5rem 1rem;margin:1rem 0}p{margin:.3rem 0;white-space:pre-wrap}footer{color:#888;font-size:12px}form{display:inline}button{font:inherit;margin:.3rem .4rem .3rem 0;padding:.2rem .8rem;border-radius:4px;border:1px solid #8886;background:none;color:inherit;cursor:pointer}button.primary{background:#007a5a;color:#fff}button.danger{color:#e01e5a;border-color:#e01e5a}.note{color:#888}code{background:#8882;padding:0 .2em;border-radius:3px}</style>
<h1>#dropforge</h1>${articles.join('\n') || '<p>No message yet. Drop a dataset.</p>'}</html>`;
}

/** One form for each button: nothing on the page runs, so Slack's confirmation dialogue is left out. */
function buttonForms(ts: string, blocks: unknown): string {
  return buttonsIn(blocks)
    .map(({ actionId, label, style }) => {
      const look = style === 'primary' || style === 'danger' ? ` class="${style}"` : '';
      const fields = `<input type="hidden" name="ts" value="${escapeHtml(ts)}"><input type="hidden" name="action" value="${escapeHtml(actionId)}">`;
      return `<form method="post" action="/click">${fields}<button${look}>${escapeHtml(label)}</button></form>`;
    })
    .join('');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Every `text` string in the blocks, in order. */
function textsOf(block: unknown): string[] {
  if (Array.isArray(block)) return block.flatMap(textsOf);
  if (typeof block !== 'object' || block === null) return [];
  return Object.entries(block).flatMap(([name, value]) =>
    name === 'text' && typeof value === 'string' ? [value] : textsOf(value),
  );
}

/** The emoji that our messages use, by Slack's names. */
const emoji: Readonly<Record<string, string>> = {
  ...{ hourglass_flowing_sand: '⏳', hourglass: '⌛', package: '📦', mag: '🔍', gear: '⚙️', weight_lifter: '🏋️' },
  ...{
    hammer_and_wrench: '🛠️',
    raised_hand: '✋',
    thumbsup: '👍',
    rocket: '🚀',
    white_check_mark: '✅',
    no_entry: '⛔',
  },
  ...{ x: '❌', octagonal_sign: '🛑', rewind: '⏪', warning: '⚠️', heavy_multiplication_x: '✖️' },
};

/** Messages hold `&amp;`, `&lt;` and `&gt;` already, as Slack wants them; nothing else may become markup. */
function mrkdwn(text: string): string {
  const safe = text
    .replaceAll(/<([^|>]*)\|?([^>]*)>/g, (_, url: string, label: string) => label || url)
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return safe
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*([^*\n]+)\*/g, '<b>$1</b>')
    .replaceAll(/:([a-z_]+):/g, (name, key: string) => emoji[key] ?? name);
}

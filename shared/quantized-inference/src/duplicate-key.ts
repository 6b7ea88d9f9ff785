/**
 * The first key that one object of a JSON text has twice; undefined: none has. `JSON.parse` keeps the last one and other
 * readers the first, so the same bytes would be two models. `text` must be valid JSON. It is walked without a pattern:
 * one that repeats over a text of megabytes runs out of stack.
 */
export function findDuplicateKey(text: string): string | undefined {
  /** Keys of the objects that are open here; null stands for an array. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    if (character !== '"') continue;
    const end = endOfString(text, at);
    const keys = open.at(-1);
    if (keys && isFollowedByColon(text, end)) {
      const key: string = JSON.parse(text.slice(at, end)); // two spellings may be one name
      if (keys.has(key)) return key;
      keys.add(key);
    }
    at = end - 1;
  }
  return undefined;
}

/** Behind the quote that ends the text that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? ':')) at++;
  return text[at] === ':';
}

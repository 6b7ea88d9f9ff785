/** The one form of IoT SQL that we use: all of a JSON message, with parts of its topic. https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-reference.html */

/** The payload that a rule's target gets for a message; undefined: the rule does not concern it. */
export type TopicRule = (topic: string, message: Record<string, unknown>) => Record<string, unknown> | undefined;

/** Reads `SELECT *[, topic(n) AS name …] FROM 'filter'`; throws an error for any other statement. */
export function compileTopicRule(sql: string): TopicRule {
  const [, fields, filter] =
    /^\s*SELECT\s+\*((?:\s*,\s*topic\(\d+\)\s+AS\s+\w+)*)\s+FROM\s+'([^']+)'\s*$/i.exec(sql) ?? [];
  if (fields === undefined || !filter) {
    throw new Error(`The embedded cloud reads only SELECT *, topic(n) AS name FROM 'filter', not ${sql}`);
  }
  const parts = [...fields.matchAll(/topic\((\d+)\)\s+AS\s+(\w+)/gi)];
  return (topic, message) => {
    if (!matches(filter.split('/'), topic.split('/'))) return undefined;
    const levels = topic.split('/');
    const added = parts.map(([, level, name]) => [name, levels[Number(level) - 1]]);
    return { ...message, ...Object.fromEntries(added) };
  };
}

/** `+` stands for one level, `#` for all that follow. */
function matches(filter: readonly string[], topic: readonly string[]): boolean {
  const all = filter.indexOf('#');
  if (all >= 0) return matches(filter.slice(0, all), topic.slice(0, all)) && topic.length >= all;
  return filter.length === topic.length && filter.every((level, index) => level === '+' || level === topic[index]);
}

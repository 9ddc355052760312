import ts from "typescript";

/** A sentence of the program, as core/common/text.ts makes its key. */
export interface Sentence {
  readonly key: string;
  /** The plural form, if the sentence counts something. */
  readonly plural?: string;
  readonly path: string;
}

/**
 * Returns the sentences of a file: text`…` and Optique's message`…`; and plural(n, text`…`,
 * text`…`), which is one sentence with two forms.
 */
export function sentencesOf(path: string, source: string): Sentence[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const found: Sentence[] = [];

  const visit = (node: ts.Node): void => {
    if (isCall(node, "plural") && node.arguments.length === 3) {
      const [, one, many] = node.arguments.map(keyOf);
      if (one !== undefined && many !== undefined) {
        found.push({ key: one, plural: many, path });
        // The values may contain texts, too.
        for (const form of node.arguments) ts.forEachChild(form, visit);
        return;
      }
    }
    const key = keyOf(node);
    if (key !== undefined && /\S/.test(key.replaceAll(/\{\d+\}/g, ""))) {
      found.push({ key, path });
    }
    ts.forEachChild(node, visit);
  };

  visit(file);
  return found;
}

function isCall(node: ts.Node, name: string): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === name;
}

/** Returns the key of a tagged template; undefined for anything else. */
function keyOf(node: ts.Node): string | undefined {
  if (!ts.isTaggedTemplateExpression(node)) return undefined;
  if (!["text", "message"].includes(node.tag.getText())) return undefined;
  const { template } = node;
  const key = ts.isTemplateExpression(template)
    ? template.head.text +
      template.templateSpans.map(({ literal }, at) => `{${at + 1}}${literal.text}`).join("")
    : template.text;
  return key.replaceAll(/\s*\n\s*/g, " ");
}

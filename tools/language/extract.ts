import ts from "typescript";

/** A sentence of the program as a template: `{1}`, `{2}` stand for what is filled in. */
export interface Sentence {
  readonly text: string;
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** A template is a list of what it can be: a hole, or text. */
type Piece = string | ts.Expression;

/** More ways than this to say one sentence are not spelled out: what differs becomes a hole. */
const MOST_WAYS = 12;

/**
 * The user-visible sentences of a file.
 *
 * The rule: a string or template counts if it has two words beside each other, or stands where a
 * word is shown (`shownNames`). What never reaches a person is left out by where it stands: types,
 * imports, property names, comparisons, arguments of `Error` and of errors of the kind `bug`, calls
 * that only look (`startsWith`, `split`), names of classes and styles in markup. Strings that are
 * added up are one sentence; a choice between strings inside of one gives each sentence whole.
 */
export function sentencesOf(path: string, source: string): Sentence[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const found: Sentence[] = [];
  const add = (text: string, node: ts.Node) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ text, path, line });
  };

  const visit = (node: ts.Node): void => {
    if (isSilent(node)) return;
    if (ts.isTaggedTemplateExpression(node)) {
      if (isTag(node, "markup", "svg")) {
        for (const text of markupTexts(node.template)) add(text, node);
        return eachHole(node.template, visit);
      }
      if (!isTag(node, "message", "say")) return eachHole(node.template, visit);
      return sentence(node.template);
    }
    if (isText(node)) return sentence(node);
    ts.forEachChild(node, visit);
  };

  const sentence = (node: ts.Expression): void => {
    const shown = isShown(node);
    for (const pieces of ways(node)) {
      const { text, holes } = template(pieces);
      if (readsAsText(text, shown)) add(text, node);
      for (const hole of holes) visit(hole);
    }
  };

  visit(file);
  const known = new Set<string>();
  return found.filter(({ text }) => !known.has(text) && known.add(text));
}

/** Names under which single words are shown too. */
const shownNames = new Set(["title", "text", "label", "hint", "say"]);

function isShown(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.initializer === node) {
    return shownNames.has(parent.name.getText().replaceAll('"', ""));
  }
  if (ts.isConditionalExpression(parent) || ts.isParenthesizedExpression(parent)) {
    return isShown(parent);
  }
  return ts.isCallExpression(parent) && shownNames.has(parent.expression.getText()) &&
    parent.arguments[0] === node;
}

function readsAsText(text: string, shown: boolean): boolean {
  const bare = text.replaceAll(/\{\d+\}/g, "\0");
  if (shown) return /\p{L}{2}/u.test(bare);
  return /[\p{L}']{2,}[,;:.)"'!?]*\s+[("']*\p{L}{2,}/u.test(bare) ||
    /(\p{L}{2,}[,;:.)"]*\s+\0|\0[,;:.)"]*\s+[("]?\p{L}{2,})/u.test(bare);
}

/** Strings, templates, and additions that hold one. */
function isText(node: ts.Node): node is ts.Expression {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return true;
  if (ts.isTemplateExpression(node)) return true;
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    (isText(node.left) || isText(node.right));
}

/** Every way in which an expression can read: choices between texts are taken apart. */
function ways(node: ts.Expression): Piece[][] {
  if (ts.isParenthesizedExpression(node)) return ways(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [[node.text]];
  if (ts.isBinaryExpression(node) && isText(node)) {
    return crossed([ways(node.left), ways(node.right)]);
  }
  if (ts.isTemplateExpression(node)) {
    const parts: Piece[][][] = [[[node.head.text]]];
    for (const { expression, literal } of node.templateSpans) {
      parts.push(ways(expression), [[literal.text]]);
    }
    return crossed(parts);
  }
  if (ts.isConditionalExpression(node)) {
    const both = [...ways(node.whenTrue), ...ways(node.whenFalse)];
    if (both.every((pieces) => pieces.some((piece) => typeof piece === "string"))) return both;
  }
  return [[node]];
}

function crossed(parts: readonly Piece[][][]): Piece[][] {
  let all: Piece[][] = [[]];
  for (const part of parts) {
    const some = all.length * part.length <= MOST_WAYS ? part : [part[0]];
    all = all.flatMap((before) => some.map((after) => [...before, ...after]));
  }
  return all;
}

function template(pieces: readonly Piece[]): { text: string; holes: ts.Expression[] } {
  const holes: ts.Expression[] = [];
  const text = pieces.map((piece) => typeof piece === "string" ? piece : `{${holes.push(piece)}}`)
    .join("");
  return { text: text.trim(), holes };
}

function isTag({ tag }: ts.TaggedTemplateExpression, ...names: string[]): boolean {
  return names.includes(tag.getText());
}

function eachHole(template: ts.TemplateLiteral, visit: (node: ts.Node) => void): void {
  if (!ts.isTemplateExpression(template)) return;
  for (const { expression } of template.templateSpans) visit(expression);
}

/** Texts between the tags of markup, and of the attribute that is read aloud. */
function markupTexts(template: ts.TemplateLiteral): string[] {
  let hole = 0;
  const source = ts.isTemplateExpression(template)
    ? template.head.text + template.templateSpans.map(({ literal }) => `\0${literal.text}`).join("")
    : template.text;
  const texts = [
    ...source.replaceAll(/<[^>]*>/g, "\x01").split("\x01"),
    ...[...source.matchAll(/aria-label="([^"]*)"/g)].map(([, text]) => text),
  ];
  return texts.map((text) => {
    hole = 0;
    return text.replaceAll(/\s+/g, " ").trim().replaceAll("\0", () => `{${++hole}}`);
  }).filter((text) => /\p{L}{2}/u.test(text.replaceAll(/\{\d+\}/g, "")));
}

const lookingCalls = new Set([
  ...["startsWith", "endsWith", "includes", "indexOf", "split", "match", "test", "get", "has"],
  ...["join", "replace", "replaceAll", "padEnd", "padStart", "on", "off", "addEventListener"],
]);

/** Places whose strings no person reads. */
function isSilent(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return true;
  if (ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node)) return true;
  if (ts.isExportDeclaration(node)) return true;
  const { parent } = node;
  if (!parent) return false;
  if (ts.isNewExpression(node)) {
    const name = node.expression.getText();
    if (["Error", "TypeError", "RangeError", "DOMException", "RegExp"].includes(name)) return true;
    const [first] = node.arguments ?? [];
    return name === "UnbrickError" && first && ts.isStringLiteral(first) && first.text === "bug";
  }
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    if (
      kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
      kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
    ) return true;
  }
  // The titles of structures are names of the field.
  if (ts.isCallExpression(parent) && parent.expression.getText() === "struct") return true;
  // `examples(["restore h7", "what it does"])`: the first of a pair is to be typed.
  if (ts.isArrayLiteralExpression(parent) && parent.elements[0] === node) {
    const call = parent.parent;
    if (ts.isCallExpression(call) && /^(examples|wordForWord)$/.test(call.expression.getText())) {
      return true;
    }
  }
  if (ts.isCaseClause(parent) && parent.expression === node) return true;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return true;
  if (ts.isElementAccessExpression(parent) && parent.argumentExpression === node) return true;
  if (ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression)) {
    const name = parent.expression.name.text;
    if (lookingCalls.has(name) && parent.arguments.includes(node as ts.Expression)) {
      return ts.isStringLiteral(node);
    }
  }
  return false;
}

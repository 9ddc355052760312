/** What the checker needs of a TypeScript file. */
export interface SourceFile {
  /** Path from the root of the project, with slashes. */
  readonly path: string;
  /** The text with comments and the insides of strings blanked out; offsets and lines stay. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
}

/** Reads a file; imports are static, dynamic with a literal, and re-exports. */
export function readSource(path: string, text: string): SourceFile {
  const { code, strings } = blank(text);
  const imports: Import[] = [];
  const before = /(?:\bfrom|\bimport|\bimport\s*\()\s*$/;
  for (const [offset, specifier] of strings) {
    if (before.test(code.slice(Math.max(0, offset - 40), offset))) {
      imports.push({ specifier, line: lineAt(text, offset) });
    }
  }
  return { path, code, imports };
}

/** The line, from 1, that holds an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/**
 * Blanks comments, regular expressions and the insides of strings. `strings` holds each quoted string
 * by the offset of its opening quote. Code inside `${}` of a template stays.
 */
function blank(text: string): { code: string; strings: Map<number, string> } {
  const code = [...text].length === text.length ? text.split("") : Array.from(text, (c) => c[0]);
  const strings = new Map<number, string>();
  const wipe = (from: number, to: number) => {
    for (let at = from; at < to; at++) if (code[at] !== "\n") code[at] = " ";
  };
  /** Depths of braces at which a template goes on. */
  const templates: number[] = [];
  let depth = 0, at = 0;

  const template = (from: number) => {
    let end = from;
    while (end < text.length && text[end] !== "`" && !text.startsWith("${", end)) {
      end += text[end] === "\\" ? 2 : 1;
    }
    wipe(from, end);
    if (text[end] === "`") return end + 1;
    templates.push(depth++);
    return end + 2;
  };

  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    if (rest === "//" || rest === "/*") {
      const mark = rest === "//" ? "\n" : "*/";
      const found = text.indexOf(mark, at + 2);
      const end = found < 0 ? text.length : found + (rest === "//" ? 0 : 2);
      wipe(at, end);
      at = end;
    } else if (text[at] === '"' || text[at] === "'") {
      const end = closing(text, at + 1, text[at]);
      strings.set(at, text.slice(at + 1, end));
      wipe(at + 1, end);
      at = end + 1;
    } else if (text[at] === "`") at = template(at + 1);
    else if (text[at] === "/" && startsExpression(code, at)) {
      const end = closing(text, at + 1, "/");
      wipe(at + 1, end);
      at = end + 1;
    } else if (text[at] === "{") at++, depth++;
    else if (text[at] === "}") {
      at++;
      if (--depth === templates.at(-1)) {
        templates.pop();
        at = template(at);
      }
    } else at++;
  }
  return { code: code.join(""), strings };
}

/** Where a string or regular expression ends: at `mark`, or at the end of its line. */
function closing(text: string, from: number, mark: string): number {
  let inClass = false;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "\n") return at;
    else if (mark === "/" && text[at] === "[") inClass = true;
    else if (mark === "/" && text[at] === "]") inClass = false;
    else if (text[at] === mark && !inClass) return at;
  }
  return text.length;
}

/** True if a slash at this place begins a regular expression, not a division. */
function startsExpression(code: readonly string[], at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(code[before])) before--;
  if (before < 0) return true;
  if (/[\w$)\]"'`]/.test(code[before])) {
    return /\b(return|typeof|case|in|of|await|yield)$/.test(
      code.slice(Math.max(0, before - 9), before + 1).join(""),
    );
  }
  return true;
}

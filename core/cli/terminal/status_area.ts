import { type Console, escape } from "./console.ts";

/**
 * The foot of a terminal: lines that are drawn again and again, below lines that stay. Whoever leaves
 * must call `close`, which gives the cursor back.
 */
export class StatusArea {
  #drawn: readonly string[] = [];
  #endsBlank = false;

  constructor(readonly console: Console) {}

  /** Prints lines above the living ones; of blank lines that meet only one. */
  print(lines: readonly string[]): void {
    const living = this.#drawn;
    this.clear();
    for (const line of lines) {
      if (line !== "" || !this.#endsBlank) this.console.write(line + "\n");
      this.#endsBlank = line === "";
    }
    this.draw(living);
  }

  /** Replaces the living lines. Each must be shorter than the terminal is wide. */
  draw(lines: readonly string[]): void {
    if (
      lines.length === this.#drawn.length && lines.every((line, at) => line === this.#drawn[at])
    ) {
      return;
    }
    const hide = this.#drawn.length === 0 && lines.length > 0 ? escape.hideCursor : "";
    const text = lines.map((line) => line + "\n").join("");
    this.console.write(hide + this.#home() + text);
    this.#drawn = lines;
    if (lines.length === 0) this.console.write(escape.showCursor);
  }

  clear(): void {
    this.draw([]);
  }

  #home(): string {
    return this.#drawn.length > 0 ? escape.up(this.#drawn.length) + escape.clearBelow : "";
  }
}

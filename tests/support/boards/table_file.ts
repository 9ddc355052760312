import assert from "node:assert/strict";
import { existsSync } from "node:fs";

/** How to renew the tables; their difference shows what a change does to the boards. */
const RENEW = "deno test -A boards/*/tables_test.ts -- --update";

/**
 * A file of blocks with an empty line between them; the first line of each is its name. With `--update`
 * a block is written and not compared.
 */
export class TableFile {
  readonly #url: URL;
  readonly #blocks: Map<string, string>;

  /** @param names of all blocks, in order */
  constructor(file: string, folder: string, private readonly names: readonly string[]) {
    this.#url = new URL(file, folder);
    const text = existsSync(this.#url) ? Deno.readTextFileSync(this.#url).trimEnd() : "";
    this.#blocks = new Map(text.split("\n\n").map((block) => [firstLine(block), block]));
  }

  compare(block: string): void {
    const name = firstLine(block);
    assert.ok(this.names.includes(name), `a block that is not expected: ${name}`);
    if (Deno.args.includes("--update")) {
      this.#blocks.set(name, block);
      const all = this.names.flatMap((one) => this.#blocks.get(one) ?? []);
      Deno.writeTextFileSync(this.#url, `${all.join("\n\n")}\n`);
    }
    assert.equal(block, this.#blocks.get(name), `If this change is meant: ${RENEW}`);
  }
}

function firstLine(block: string): string {
  return block.split("\n", 1)[0];
}

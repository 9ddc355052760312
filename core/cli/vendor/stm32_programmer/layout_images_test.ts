import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { layoutImages } from "./layout_images.ts";

const row = (id: string, file: string) => `P\t${id}\tn\tBinary\tnone\t0x0\t${file}\n`;

function inFolder(files: Record<string, string>, work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "unbrick-"));
  try {
    mkdirSync(join(folder, "sub"));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const refuses = (path: string, line: number, column: number, word: RegExp) =>
  assert.throws(() => layoutImages(path), (error) => {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image", String(error));
    assert.deepEqual([error.data.line, error.data.column], [line, column]);
    assert.match(error.message, word);
    return true;
  });

Deno.test("files are found from the layout's own folder, also with longer and Windows paths", () => {
  const layout = row("0x1", "../f.stm32") + row("0x3", ".\\l.bin") + row("0x4", "b.bin");
  inFolder(
    { "sub/FL.tsv": layout, "f.stm32": "1", "sub/l.bin": "22", "sub/b.bin": "333" },
    (folder) => {
      const images = layoutImages(join(folder, "sub", "FL.tsv"));
      assert.deepEqual(images.all.map(({ role, bytes }) => [role, bytes.length]), [
        ["flash-layout", layout.length],
        ["fsbl", 1],
        ["external-loader", 2],
        ["bootloader", 3],
      ]);
    },
  );
});

Deno.test("a row is refused if its file is missing, unnamed or a folder, unless the row is switched off", () => {
  inFolder({
    "missing.tsv": row("0x1", "gone.bin"),
    "unnamed.tsv": row("0x1", "none"),
    "folder.tsv": row("0x1", "sub"),
    "off.tsv": row("0x5", "gone.bin").replace("P", "-"),
  }, (folder) => {
    refuses(join(folder, "missing.tsv"), 1, 25, /no file "gone\.bin"/);
    refuses(join(folder, "unnamed.tsv"), 1, 25, /no file is named/);
    assert.throws(
      () => layoutImages(join(folder, "folder.tsv")),
      (error) => isKind(error, "bad-image") && /not a file/.test(error.message),
    );
    assert.equal(layoutImages(join(folder, "off.tsv")).all.length, 1);
    assert.throws(
      () => layoutImages(join(folder, "no.tsv")),
      (error) => isKind(error, "not-found"),
    );
  });
});

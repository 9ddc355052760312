import assert from "node:assert/strict";
import type { Board } from "../family/board.ts";
import { releaseLayout } from "./release_layout.ts";

const plus = {
  folder: "OPENMV4P",
  formerFolders: ["OPENMV4R"],
  roles: [{ role: "firmware", fileNames: ["firmware.bin"], neededFor: [] }],
} as unknown as Board;

Deno.test("a board's folder of an older release is found by its former name (openmv-runtime.md 4.2)", () => {
  const paths = ["OPENMV4R/firmware.bin", "PORTENTA/firmware.bin", "README.md"];
  const layout = releaseLayout({ name: "v3.4.3", paths });
  assert.deepEqual(layout.boards, ["OPENMV4R", "PORTENTA"]);
  assert.deepEqual([...layout.pathsFor(plus)], [["firmware", "OPENMV4R/firmware.bin"]]);
  const both = releaseLayout({ name: "x", paths: [...paths, "OPENMV4P/firmware.bin"] });
  assert.equal(both.placeOf(plus), "OPENMV4P/");
  const alone = releaseLayout({ name: "firmware_OPENMV4R.zip", paths: ["firmware.bin"] });
  assert.equal(alone.placeOf(plus), "");
});

import assert from "node:assert/strict";
import type { Board } from "../../family/board.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { BoardFamily } from "../../family/family.ts";
import { boardByName } from "./board_names.ts";
import { editDistance } from "../../common/nearest.ts";

const board = (id: string, folder: string, maker: string, name: string) =>
  ({ id, folder, maker, name }) as Board;
const families = [
  {
    id: "stm32",
    boards: [
      board("openmv-h7", "OPENMV4", "OpenMV", "OpenMV Cam H7"),
      board("openmv-h7-plus", "OPENMV4P", "OpenMV", "OpenMV Cam H7 Plus"),
    ],
  },
  { id: "arduino", boards: [board("arduino-giga", "ARDUINO_GIGA", "Arduino", "Arduino Giga R1")] },
  { id: "outside", boards: [board("big-maker-one", "ONE", "Big Maker", "One")] },
] as unknown as BoardFamily[];

Deno.test("a board may be named by id, without the maker, by folder, or by its printed name, as people type them", () => {
  for (
    const [name, id] of [
      ["openmv-h7", "openmv-h7"],
      ["h7", "openmv-h7"],
      ["H7-Plus", "openmv-h7-plus"],
      ["OPENMV4P", "openmv-h7-plus"],
      ["openmv4", "openmv-h7"],
      ["giga", "arduino-giga"],
      ["H7Plus", "openmv-h7-plus"],
      ["OpenMV Cam H7 Plus", "openmv-h7-plus"],
      ["openmv_h7", "openmv-h7"],
      ["one", "big-maker-one"],
    ]
  ) assert.equal(boardByName(name, families).board.id, id, name);
  assert.equal(boardByName("giga", families).family.id, "arduino");
});

Deno.test("for an unknown board, the usage error lists the nearest names, or all", () => {
  const message = (name: string) => {
    try {
      boardByName(name, families);
    } catch (error) {
      assert.ok(error instanceof UnbrickError && error.kind === "usage");
      return error.message;
    }
  };
  assert.match(message("openmv-h7-puls")!, /Did you mean openmv-h7-plus/);
  assert.match(message("gigga")!, /Did you mean giga\?/);
  assert.match(
    message("raspberry")!,
    /There are: openmv-h7, openmv-h7-plus, arduino-giga, big-maker-one\./,
  );
});

Deno.test("edit distance counts insertions, deletions, replacements and swaps", () => {
  assert.deepEqual(
    [["", "abc"], ["abc", "abc"], ["abc", "acb"], ["abc", "abd"], ["kitten", "sitting"]]
      .map(([from, to]) => editDistance(from, to)),
    [3, 0, 1, 1, 3],
  );
});

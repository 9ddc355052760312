import assert from "node:assert/strict";
import type { Board } from "../family/board.ts";
import { isNote, isSystemFile, loneBoardOf, releaseLayout } from "./release_layout.ts";

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

const layoutOf = (...paths: string[]) => releaseLayout({ name: "x", paths });

Deno.test("a release is found inside folders that hold only the next one and notes", () => {
  for (
    const [paths, place] of [
      [["OPENMV4P/f"], "OPENMV4P/"],
      [["r/OPENMV4P/f"], "r/OPENMV4P/"],
      [["r/s/OPENMV4P/f", "README.md", "r/sha256sums.txt"], "r/s/OPENMV4P/"],
      [["r/OPENMV4P/f", "__MACOSX/r/OPENMV4P/f", ".DS_Store", "r/Thumbs.db"], "r/OPENMV4P/"],
      [["r/CYW4343/f", "r/OPENMV4P/f"], "r/OPENMV4P/"],
    ] as const
  ) {
    const layout = layoutOf(...paths);
    assert.deepEqual([layout.boards, layout.placeOf(plus)], [["OPENMV4P"], place], paths.join());
  }
  const others = [["r/OPENMV4P/f", "other/f"], ["r/OPENMV4P/f", "program.exe"], ["OPENMV4P"]];
  for (const paths of others) assert.deepEqual(layoutOf(...paths).boards, [], paths.join());
});

Deno.test("without boards' folders, a board's files are in the folders that everything is inside of", () => {
  const place = (...paths: string[]) => layoutOf(...paths).placeOf(plus);
  assert.equal(place("firmware.bin"), "");
  assert.equal(place("a/firmware.bin", "a/romfs0.img"), "a/");
  assert.equal(place("a/b/firmware.bin", "a/b/c/x"), "a/b/");
  assert.equal(place("a/b/firmware.bin", "a/c/x"), "a/");
  assert.equal(place("a/firmware.bin", "b/x"), "");
  assert.equal(place("a/firmware.bin", "a"), "");
  assert.equal(place(), "");
});

Deno.test("names of boards' folders and archives are whole names", () => {
  const boards = (name: string) => layoutOf(`${name}/f`).boards.length > 0;
  for (const name of ["OPENMV4", "ARDUINO_GIGA", "BORMIO", "NANO33", "PICO", "RPI_PICO"]) {
    assert.ok(boards(name), name);
  }
  for (const name of ["MYOPENMV4", "OPENMV4-old", "PICO2", "XPICO", "openmv4", "NANO33x"]) {
    assert.ok(!boards(name), name);
  }
  for (
    const [name, board] of [
      ["firmware_OPENMV4.zip", "OPENMV4"],
      ["OPENMV4.ZIP", "OPENMV4"],
      ["my_firmware_OPENMV4.zip", undefined],
      ["firmware_OPENMV4.zip.part", undefined],
      ["firmware_OPENMV4 (1).zip", undefined],
    ] as const
  ) assert.equal(loneBoardOf(name), board, name);
});

Deno.test("a file of a release lies in its board's folder, or in one for several boards", () => {
  const paths = (...all: string[]) => Object.fromEntries(layoutOf(...all).pathsFor(plus));
  assert.deepEqual(paths("OPENMV4P/firmware.bin", "CYW4343/firmware.bin"), {
    firmware: "OPENMV4P/firmware.bin",
  });
  assert.deepEqual(paths("OPENMV4P/x", "CYW4343/firmware.bin"), {
    firmware: "CYW4343/firmware.bin",
  });
  assert.deepEqual(paths("OPENMV4P/sub/firmware.bin", "firmware.bin"), {});
  const lone = releaseLayout({ name: "firmware_OPENMV2.zip", paths: ["firmware.bin"] });
  assert.deepEqual([lone.loneBoard, lone.boards, lone.placeOf(plus)], [
    "OPENMV2",
    ["OPENMV2"],
    undefined,
  ]);
});

Deno.test("what people, servers and systems add beside a release", () => {
  const notes = [
    "README",
    "a/readme.md",
    "LICENCE",
    "license.txt",
    "SHA256SUMS",
    "x.asc",
    "f.sha1",
    "x.htm",
    "x.html",
  ];
  for (const name of notes) assert.ok(isNote(name), name);
  for (const name of ["firmware.bin", "readmes", "myreadme", "x.txt.bin", "xmd"]) {
    assert.ok(!isNote(name), name);
  }
  for (const path of ["__MACOSX/a", ".DS_Store", "a/.DS_Store", "a/Thumbs.db", "desktop.ini"]) {
    assert.ok(isSystemFile(path), path);
  }
  for (const path of ["a/__MACOSX/b", "x.DS_Store", "Thumbs.db/x", "desktop.ini.bak"]) {
    assert.ok(!isSystemFile(path), path);
  }
});

import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { sha256 } from "../common/sha256.ts";
import type { Board } from "../family/board.ts";
import type { BoardFamily } from "../family/family.ts";
import type { BoardImages } from "./image.ts";
import { checkedBoards, importSet } from "./import_set.ts";
import { manifestName } from "./manifest_set.ts";
import type { PackFiles } from "./pack_files.ts";
import type { ImageSource } from "./source.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** A folder or zip with these texts. */
function pack(name: string, contents: Readonly<Record<string, string>>): PackFiles {
  return {
    name,
    paths: Object.keys(contents),
    read: (path) => text(contents[path]),
    sourceOf: (path) => `/media/${name}/${path}`,
  };
}

const source = (files: PackFiles, more: Partial<ImageSource> = {}): ImageSource => ({
  kind: "release",
  files,
  ...more,
});

const role = (role: string, fileName: string, comesWith?: string) => ({
  ...{ role, title: role, fileNames: [fileName], neededFor: [] },
  ...(comesWith && { comesWith }),
});
const board = (id: string, folder: string, ...roles: object[]) =>
  ({ id, name: `Camera ${id}`, folder, roles }) as unknown as Board;
const h7 = board("h7", "OPENMV4", role("firmware", "firmware.bin"), role("romfs0", "romfs0.img"));
const ae3 = board(
  "ae3",
  "OPENMV_AE3",
  role("firmware", "firmware.bin"),
  role("system", "SP-a.bin", "se-tools"),
);

/** These boards, and what was given to their checks. */
function checkedIn(...boards: Board[]) {
  const seen: string[] = [];
  const checked = boards.map((board) => ({
    board,
    check: ({ all }: BoardImages) => {
      seen.push(...all.map(({ role, version }) => `${board.id} ${role} ${version ?? "-"}`));
    },
  }));
  return { checked, seen };
}

const manifestIn = (files: ReadonlyMap<string, Uint8Array>) =>
  JSON.parse(new TextDecoder().decode(files.get(manifestName)));

Deno.test("a release becomes a set with every file that a board uses, and says what it skips", () => {
  const files = pack("firmware_v5.0.0.zip", {
    "OPENMV4/firmware.bin": "h7",
    "OPENMV4/romfs0.img": "romfs",
    "OPENMV4/notes.txt": "unused",
    "OPENMV_AE3/firmware.bin": "ae3",
    "PICO/firmware.bin": "stranger",
  });
  const { checked, seen } = checkedIn(h7, ae3);
  const made = importSet(source(files, { version: "5.0.0" }), checked);
  assert.deepEqual([made.name, made.version], ["5.0.0", "5.0.0"]);
  assert.deepEqual(seen, ["h7 firmware 5.0.0", "h7 romfs0 5.0.0", "ae3 firmware 5.0.0"]);
  assert.deepEqual(
    made.boards.map(({ board, roles, sources }) => [board.id, roles, [...sources]]),
    [
      ["h7", ["firmware", "romfs0"], [
        ["firmware", "/media/firmware_v5.0.0.zip/OPENMV4/firmware.bin"],
        ["romfs0", "/media/firmware_v5.0.0.zip/OPENMV4/romfs0.img"],
      ]],
      ["ae3", ["firmware"], [
        ["firmware", "/media/firmware_v5.0.0.zip/OPENMV_AE3/firmware.bin"],
      ]],
    ],
  );
  assert.deepEqual(made.notes.map(String), [
    "PICO was skipped: this version of unbrick does not know that board.",
  ]);
  assert.deepEqual([...made.files.keys()], [
    "manifest.json",
    "OPENMV4/firmware.bin",
    "OPENMV4/romfs0.img",
    "OPENMV_AE3/firmware.bin",
  ]);
  assert.deepEqual(made.files.get("OPENMV_AE3/firmware.bin"), text("ae3"));
  const listed = (folder: string, role: string, file: string, content: string) => ({
    folder,
    role,
    path: `${folder}/${file}`,
    size: content.length,
    sha256: sha256(text(content)),
    version: "5.0.0",
    source: `firmware_v5.0.0.zip/${folder}/${file}`,
    licence: "not stated by the source",
    simulationOnly: false,
  });
  assert.deepEqual(manifestIn(made.files), {
    schema: 1,
    name: "5.0.0",
    version: "5.0.0",
    files: [
      listed("OPENMV4", "firmware", "firmware.bin", "h7"),
      listed("OPENMV4", "romfs0", "romfs0.img", "romfs"),
      listed("OPENMV_AE3", "firmware", "firmware.bin", "ae3"),
    ],
  });
});

Deno.test("the name of a set: what was given, the version, the tools, or the archive", () => {
  const contents = { "OPENMV4/firmware.bin": "h7" };
  const { checked } = checkedIn(h7, ae3);
  const nameOf = (files: PackFiles, more: Partial<ImageSource> = {}, given?: string) =>
    importSet(source(files, more), checked, given).name;
  assert.equal(nameOf(pack("x", contents), { version: "5.0.0" }, "mine"), "mine");
  assert.equal(
    nameOf(pack("x", contents), { kind: "openmv-ide", version: "4.7.0" }),
    "openmv-ide-4.7.0",
  );
  assert.equal(nameOf(pack("x", { "SP-a.bin": "se" }), { kind: "se-tools" }), "se-tools");
  for (
    const [name, usual] of [
      ["My images (2).ZIP", "My-images-2-"],
      ["+_a.b-c", "a.b-c"],
      ["größe", "gr-e"],
      ["n".repeat(70), "n".repeat(64)],
      ["???.zip", "images"],
    ]
  ) {
    const made = importSet(source(pack(name, contents)), checked);
    assert.deepEqual([made.name, "version" in made], [usual, false], name);
    assert.equal("version" in manifestIn(made.files), false);
  }
});

Deno.test("files in no board's folder are for no board, except what only one vendor has", () => {
  const { checked } = checkedIn(h7, ae3);
  const files = pack("app-release-exec", { "firmware.bin": "whose?", "SP-a.bin": "se" });
  const made = importSet(source(files, { kind: "se-tools" }), checked);
  assert.deepEqual(made.boards.map(({ board, roles }) => [board.id, roles]), [["ae3", ["system"]]]);
  assert.deepEqual([...made.files.keys()], ["manifest.json", "OPENMV_AE3/SP-a.bin"]);
  assert.throws(() => importSet(source(pack("x", { "firmware.bin": "whose?" })), checked), {
    kind: "bad-image",
  });
});

Deno.test("a file for several boards is in the set once; two files of one name are refused", () => {
  const radio = role("radio", "radio.bin");
  const boards = [board("a", "OPENMV4", radio), board("b", "OPENMV4P", radio)];
  const shared = pack("r", {
    "OPENMV4/f": "",
    "OPENMV4P/f": "",
    "CYW4343/radio.bin": "radio",
  });
  const made = importSet(source(shared), checkedIn(...boards).checked);
  assert.deepEqual([...made.files.keys()], ["manifest.json", "CYW4343/radio.bin"]);
  assert.deepEqual(manifestIn(made.files).files.map(({ folder }: { folder: string }) => folder), [
    "CYW4343",
  ]);
  assert.deepEqual(made.boards.map(({ roles }) => roles), [["radio"], ["radio"]]);

  const two = board("c", "OPENMV4", role("one", "x/f.bin"), role("two", "y/f.bin"));
  const clash = (content: string) =>
    importSet(
      source(pack("r", { "OPENMV4/x/f.bin": "1", "OPENMV4/y/f.bin": content })),
      checkedIn(two).checked,
    );
  assert.equal(clash("1").files.size, 2);
  assert.throws(() => clash("2"), (error) => {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image");
    assert.equal(error.data.entry, "OPENMV4/y/f.bin");
    return /already another file called OPENMV4\/f\.bin/.test(error.message);
  });
});

Deno.test("a board's folder of an older release counts, and the set has today's name for it", () => {
  const renamed = { ...h7, formerFolders: ["OPENMV3"] } as Board;
  const files = pack("r", { "OPENMV3/firmware.bin": "old" });
  const made = importSet(source(files), checkedIn(renamed).checked);
  assert.deepEqual([...made.files.keys()], ["manifest.json", "OPENMV4/firmware.bin"]);
  assert.deepEqual(made.notes, []);
});

Deno.test("what a check refuses is not imported; without a check, nothing is", () => {
  const files = pack("r", { "OPENMV4/firmware.bin": "h7" });
  const wrong = new UnbrickError("wrong-board", "It is for another one.");
  const refusing = [{
    board: h7,
    check: () => {
      throw wrong;
    },
  }];
  assert.throws(() => importSet(source(files), refusing), wrong);
  assert.throws(() => importSet(source(files), [{ board: h7 }]), { kind: "bad-image" });
});

Deno.test("a set with a manifest is taken as it is, with a note for each file that nobody uses", () => {
  const listed = (folder: string, role: string, content: string) => ({
    ...{ folder, role, path: `${folder}/${role}.bin`, size: 1, sha256: sha256(text(content)) },
    ...{ source: "s", licence: "MIT", simulationOnly: false },
  });
  const manifest = (more: object) =>
    JSON.stringify({
      schema: 1,
      ...more,
      files: [
        listed("OPENMV4", "firmware", "1"),
        listed("CYW4343", "romfs0", "2"),
        listed("OPENMV4", "radio", "3"),
        listed("PICO", "firmware", "4"),
      ],
    });
  const files = (more: object = {}) =>
    pack("my set.zip", {
      "manifest.json": manifest(more),
      "OPENMV4/firmware.bin": "1",
      "CYW4343/romfs0.bin": "2",
      "OPENMV4/radio.bin": "3",
      "PICO/firmware.bin": "4",
    });
  const { checked, seen } = checkedIn(h7, ae3);
  const take = (more?: object, given?: string) =>
    importSet(source(files(more), { kind: "set" }), [...checked], given);
  const made = take({ name: "shop", version: "1.2" });
  assert.deepEqual([made.name, made.version], ["shop", "1.2"]);
  assert.deepEqual(made.boards.map(({ board, roles }) => [board.id, roles]), [
    ["h7", ["firmware", "romfs0"]],
  ]);
  assert.deepEqual(seen, ["h7 firmware -", "h7 romfs0 -"]);
  assert.deepEqual(made.notes.map(String), [
    "OPENMV4/radio.bin was imported, but no board in this version of unbrick uses it.",
    "PICO/firmware.bin was imported, but no board in this version of unbrick uses it.",
  ]);
  assert.deepEqual(made.files.get(manifestName), text(manifest({ name: "shop", version: "1.2" })));
  const plain = take();
  assert.deepEqual([plain.name, "version" in plain], ["my-set", false]);
  assert.equal(take({ name: "shop" }, "given").name, "given");
  const unchecked = importSet(source(files(), { kind: "set" }), [{ board: h7 }]);
  assert.equal(unchecked.boards.length, 1, "a signature vouches for it");
});

Deno.test("each board of a family has the family's check, if there is one", () => {
  const calls: unknown[] = [];
  const checkImages = (board: Board, images: BoardImages) => void calls.push([board.id, images]);
  const families = [{ boards: [h7, ae3], checkImages }, { boards: [h7] }];
  const all = checkedBoards(families as unknown as BoardFamily[]);
  assert.deepEqual(all.map(({ board, check }) => [board.id, check !== undefined]), [
    ["h7", true],
    ["ae3", true],
    ["h7", false],
  ]);
  const images = {} as BoardImages;
  all[1].check!(images);
  assert.deepEqual(calls, [["ae3", images]]);
});

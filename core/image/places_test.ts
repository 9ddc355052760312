import assert from "node:assert/strict";
import { isKind } from "../common/errors.ts";
import { sha256 } from "../common/sha256.ts";
import type { Board } from "../family/board.ts";
import { encodeRomfs, type RomfsEntry } from "../../tests/support/images/romfs_encoder.ts";
import { inTempFolder } from "../../tests/support/temp_folder.ts";
import { architecturesIn, namesBoard, refuseOtherArchitecture } from "./architectures.ts";
import { boardImages, requireImage, withImages } from "./board_images.ts";
import { fatFiles } from "./fat_files.ts";
import { fileSource, folderFiles } from "./files.ts";
import { imageForPlace, type PossibleBoard } from "./for_place.ts";
import { encodeDfuse } from "./dfuse_file.ts";
import { encodeIntelHex, looksLikeIntelHex } from "./intel_hex.ts";
import { loadImage } from "./load.ts";
import { loadListedImage } from "./manifest.ts";
import { noSource, releasesInside } from "./no_source.ts";
import { bundledKey, bundledSet, realSet } from "./pack.ts";
import { releaseLayout } from "./release_layout.ts";
import { romfsOwner } from "./romfs_owner.ts";
import { sampleFat } from "./sample_fat.ts";
import { openSource } from "./source.ts";

const text = (value: string) => new TextEncoder().encode(value);
const one = Uint8Array.of(1);

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    Deno.mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, content);
  }
}

Deno.test("a folder is read three folders deep; links are followed inside of it only", () =>
  inTempFolder((folder) => {
    write(folder, { "in/a": "1", "in/b/c/d/e": "2", "in/b/c/d/f/g": "3", "out": "4" });
    Deno.symlinkSync(`${folder}/nowhere`, `${folder}/in/dangling`);
    Deno.symlinkSync(`${folder}/in/a`, `${folder}/in/link`);
    Deno.symlinkSync(`${folder}/out`, `${folder}/in/outside`);
    write(folder, { "in2/a": "5" });
    Deno.symlinkSync(`${folder}/in2/a`, `${folder}/in/beside`);
    const files = folderFiles(`${folder}/in`, 1);
    assert.deepEqual(files.paths.toSorted(), ["a", "b/c/d/e", "beside", "link", "outside"]);
    assert.deepEqual([files.name, files.sourceOf("a")], ["in", `${folder}/in/a`]);
    assert.deepEqual(files.read("link"), text("1"));
    for (const path of ["outside", "beside"]) {
      assert.throws(() => files.read(path), /link to a place outside the folder/);
    }
    assert.throws(() => files.read("b/c/d/f/g"), (error) => isKind(error, "not-found"));
    Deno.writeTextFileSync(`${folder}/in/a`, "12");
    assert.throws(
      () => files.read("a"),
      (error) => isKind(error, "bad-image") && error.data.size === 2,
    );
    assert.deepEqual(files.read("a", 2), text("12"));
    const source = fileSource(`${folder}/in/a`, 2);
    assert.deepEqual([source.size, source.read(1, 5), source.read(5, 1).length], [2, text("2"), 0]);
    assert.throws(() => fileSource(`${folder}/in`, 9), /it is not a file/);
  }));

Deno.test("a folder with more than 5000 files is something else", () =>
  inTempFolder((folder) => {
    for (let at = 0; at < 5_000; at++) Deno.writeTextFileSync(`${folder}/${at}`, "");
    assert.equal(folderFiles(folder, 1).paths.length, 5_000);
    Deno.writeTextFileSync(`${folder}/one more`, "");
    assert.throws(
      () => folderFiles(folder, 1),
      (error) => isKind(error, "bad-image") && /more than 5000 files/.test(error.message),
    );
  }));

Deno.test("OpenMV IDE's folder: firmware, its version, and the tools of each system", () =>
  inTempFolder((folder) => {
    const inside = "share/qtcreator/";
    write(folder, {
      [`${inside}firmware/settings.json`]: '{ "firmware_version":  "v4.7.0" }',
      [`${inside}firmware/OPENMV4/firmware.bin`]: "firmware",
      [`${inside}alif/linux/alif/SP-AE302F80F55D5AE-rev-b4.bin`]: "package",
      [`${inside}alif/linux/alif/README`]: "beside it",
      [`${inside}alif/mac/alif/README`]: "nothing",
    });
    const { kind, version, files } = openSource(folder);
    assert.deepEqual([kind, version], ["openmv-ide", "4.7.0"]);
    assert.deepEqual(files.paths.toSorted(), [
      "OPENMV4/firmware.bin",
      "alif/linux/alif/README",
      "alif/linux/alif/SP-AE302F80F55D5AE-rev-b4.bin",
      "settings.json",
    ]);
    assert.deepEqual(files.read("OPENMV4/firmware.bin"), text("firmware"));
    const [, , tool] = files.paths.toSorted();
    assert.deepEqual(files.read(tool), text("package"));
    assert.equal(files.sourceOf(tool), `${folder}/${inside}${tool}`);
    assert.throws(
      () => files.read("x"),
      (error) => isKind(error, "not-found") && error.data.path === "x",
    );
    const plain = openSource(`${folder}/${inside}alif/linux/alif`);
    assert.deepEqual([plain.kind, plain.version], ["se-tools", undefined]);
  }));

const board = {
  ...{ id: "openmv-h7", name: "OpenMV Cam H7", folder: "OPENMV4" },
  roles: [
    { role: "firmware", title: "firmware", fileNames: ["firmware.bin"], neededFor: [] },
    {
      ...{ role: "loader", title: "loader", fileNames: ["x/loader.bin"], neededFor: [] },
      comesWith: "openmv-ide",
    },
  ],
} as unknown as Board;

Deno.test("where a release has a helper that comes from elsewhere: the place that is least deep", () => {
  const find = (...paths: string[]) =>
    releaseLayout({ name: "v", paths: [...paths, "OPENMV2/firmware.bin"] }).pathsFor(board).get(
      "loader",
    );
  for (
    const [paths, found] of [
      [["loader.bin"], "loader.bin"],
      [["OPENMV3/loader.bin"], "OPENMV3/loader.bin"],
      [["tools/alif/loader.bin"], "tools/alif/loader.bin"],
      [["x/y/alif/loader.bin"], "x/y/alif/loader.bin"],
      [["tools/loader.bin"], undefined],
      [["OPENMV3/sub/loader.bin"], undefined],
      [["alif/sub/loader.bin"], undefined],
      [["OPENMV3/loader.bin", "loader.bin"], "loader.bin"],
      [["PICO/loader.bin", "OPENMV3/loader.bin"], "OPENMV3/loader.bin"],
    ] as const
  ) {
    assert.equal(find(...paths), found, paths.join());
  }
  const wrapped = releaseLayout({
    name: "v",
    paths: ["r/OPENMV4/firmware.bin", "r/loader.bin"],
  });
  assert.deepEqual([...wrapped.pathsFor(board)], [["firmware", "r/OPENMV4/firmware.bin"], [
    "loader",
    "r/loader.bin",
  ]]);
});

Deno.test("versions in the names of releases", () => {
  const version = (name: string) => releaseLayout({ name, paths: [] }).version;
  for (
    const [name, found] of [
      ["firmware_v5.0.0.zip", "5.0.0"],
      ["v5.10.12-rc.1.zip", "5.10.12-rc.1"],
      ["v5.0.0-rc12", "5.0.0-rc12"],
      ["v5.0.0-beta-x", "5.0.0-beta"],
      ["v5.0.0-dirty", "5.0.0"],
      ["5.0.0", undefined],
      ["v5.0", undefined],
    ]
  ) {
    assert.equal(version(name!), found, name);
  }
});

Deno.test("a folder that is no source names at most three releases inside it", () => {
  const paths = [
    "a/OPENMV4/f",
    "b/firmware_v5.zip",
    "__MACOSX/c/OPENMV4/f",
    "d/OPENMV2/f",
    "d/PICO/f",
    "e/NICLAV/f",
    "OPENMV4",
  ];
  assert.deepEqual(releasesInside(paths), ["a", "b/firmware_v5.zip", "d"]);
  assert.deepEqual(noSource({ name: "x", paths }).data.places, ["a", "b/firmware_v5.zip", "d"]);
  assert.match(
    noSource({ name: "x", paths }).message,
    /name that: a or b\/firmware_v5\.zip or d\.$/,
  );
  const none = noSource({ name: "x", paths: ["f"] });
  assert.deepEqual(none.data.places, []);
  assert.match(none.message, /or an exported set\.$/);
});

Deno.test("the names of boards in a firmware", () => {
  const image = (content: string) =>
    loadImage(text(content), { role: "firmware", name: "f.bin", source: "." });
  const h7 = "..OMV4 H7 1024..", n6 = "OpenMV N6";
  assert.deepEqual(
    architecturesIn(text(`${h7}${n6}${h7}`)).map(({ boardId, offset }) => [boardId, offset]),
    [
      ["openmv-h7", 2],
      ["openmv-n6", 16],
    ],
  );
  assert.deepEqual([h7, n6, "x"].map((one) => namesBoard(text(one), board)), [true, false, false]);
  for (const fine of [h7, n6 + h7, "x"]) refuseOtherArchitecture(image(fine), board);
  assert.throws(
    () => refuseOtherArchitecture(image(`.${n6}`), board),
    (error) => isKind(error, "wrong-board") && error.data.offset === 1 && error.data.reason === n6,
  );
});

Deno.test("the images of a board: those that are named replace others, and one that is missing is told", () => {
  const image = (role: string, name = role) => loadImage(one, { role, name, source: "." });
  const base = boardImages("set", [image("a"), image("b")], "why");
  assert.equal(withImages(base, []), base);
  const some = withImages(base, [image("b", "mine")]);
  assert.deepEqual(some.all.map(({ name }) => name), ["mine", "a"]);
  assert.deepEqual([String(some.origin), some.reason], ["mine and set", "why"]);
  const all = withImages(base, [image("b", "x"), image("a", "y")]);
  assert.deepEqual([String(all.origin), String(all.reason)], ["x, y", "named with --image"]);
  const missing = (role: string) => {
    let data: unknown;
    assert.throws(() => requireImage(base, board, role), (error) => {
      data = isKind(error, "not-found") && error.data;
      return true;
    });
    return data;
  };
  const common = { board: "openmv-h7", origin: "set" };
  assert.deepEqual(missing("none"), { ...common, role: "none", fileNames: [] });
  assert.deepEqual(missing("firmware"), {
    ...common,
    role: "firmware",
    fileNames: ["firmware.bin"],
  });
  assert.deepEqual(missing("loader"), {
    ...{ ...common, role: "loader", fileNames: ["x/loader.bin"], comesWith: "openmv-ide" },
  });
});

Deno.test("a listed file is for the address that its manifest says, if it says one", () => {
  const bytes = text(encodeIntelHex([{ address: 0x100, bytes: one }]));
  const listed = {
    ...{ folder: "A", role: "r", path: "a/x.hex", size: bytes.length, sha256: sha256(bytes) },
    ...{ source: "", licence: "", simulationOnly: false },
  };
  const load = (more: object) => loadListedImage(bytes, { ...listed, ...more }, ".");
  assert.deepEqual([load({}).address, load({ address: 0x100 }).address, load({}).name], [
    256,
    256,
    "x.hex",
  ]);
  assert.throws(() => load({ address: 0x200 }), /belongs at 0x00000200/);
});

Deno.test("what a container says is kept with the image, and what it does not say is not", () => {
  const elements = [{ address: 0x20, bytes: one }];
  const load = (bytes: Uint8Array) => {
    const { alternate, address, file } = loadImage(bytes, { role: "r", name: "x", source: "." });
    return [alternate, address, file?.bytes];
  };
  const dfuse = encodeDfuse([{ bAlternateSetting: 7, elements }]);
  assert.deepEqual(load(dfuse), [7, 0x20, dfuse.length]);
  const hex = text(encodeIntelHex(elements));
  assert.deepEqual(load(hex), [undefined, 0x20, hex.length]);
  assert.deepEqual(load(one), [undefined, undefined, undefined]);
  for (
    const [source, isHex] of [
      [":0000000000", true],
      ["\r\n :00000001FF", true],
      [":000000000", false],
      ["x:0000000000", false],
      [":", false],
    ] as const
  ) {
    assert.equal(looksLikeIntelHex(text(source)), isHex, source);
  }
});

Deno.test("the sets inside the program: a signature and a key are optional, other failures are not", () => {
  const manifest = text('{ "schema": 1, "files": [] }');
  const files = (more: Readonly<Record<string, Uint8Array>>) => (path: string) => {
    const found = { "manifest.json": manifest, ...more }[path];
    if (found) return found;
    throw new Deno.errors.NotFound(path);
  };
  assert.equal(bundledSet(files({})).signature, undefined);
  assert.equal(bundledSet(files({ "manifest.sig": one })).signature, one);
  assert.equal(realSet(files({})), undefined);
  const real = realSet(files({ "real/manifest.json": manifest, "real/manifest.sig": one }));
  assert.equal(real?.signature, one);
  assert.equal(bundledKey(files({})), undefined);
  assert.equal(bundledKey(files({ "public_key.pem": one })), one);
  assert.throws(() =>
    bundledKey(() => {
      throw new RangeError("a defect");
    }), RangeError);
});

Deno.test("a ROMFS of which not even the magic is there belongs to nobody; folders may be too deep", async () => {
  const known = encodeRomfs([{ name: "a", content: new Uint8Array(50).fill(7) }]);
  for (
    const [length, owner] of [[1, "nobody"], [2, "nobody"], [3, "known"], [20, "known"]] as const
  ) {
    const region = new Uint8Array(0x4000).fill(0xFF);
    region.set(known.subarray(0, length));
    const readAt = (at: number, size: number) => Promise.resolve(region.slice(at, at + size));
    assert.equal((await romfsOwner(readAt, region.length, [known])).owner, owner, `${length}`);
  }
  const folders = (depth: number): RomfsEntry[] =>
    depth ? [{ name: "d", entries: folders(depth - 1) }] : [];
  assert.ok(encodeRomfs(folders(32)).length > 0);
  const fat = (depth: number) => {
    const path = [...Array(depth).fill("d"), "f"].join("/");
    return fatFiles(
      sampleFat([{ path, content: one }], {
        size: 0x2_0000,
        sectorSize: 512,
        clusterSize: 512,
        label: "X",
      }),
    )!;
  };
  assert.deepEqual([fat(32).files.length, fat(32).damage], [1, []]);
  assert.deepEqual([fat(33).files.length, fat(33).damage.length], [0, 1]);
  assert.match(String(fat(33).damage[0]), /its folders are too deep/);
});

const family = (refusal?: string) => ({
  checkImages: (_: Board, images: { all: unknown[] }) => ({
    written: new Map(images.all.map((image) => [(image as { role: string }).role, image])),
    needs: refusal ? [{ text: refusal }] : [],
  }),
});
const regions = [
  { name: "firmware", role: "firmware", address: 0x100, size: 0x100, partition: "FW" },
  { name: "file system", isFilesystem: true, address: 0x200, size: 0x300, partition: "FS" },
  { name: "settings", address: 0x500, size: 1, partition: "CFG" },
];
const possible = (refusal?: string) =>
  ({ board: { ...board, regions }, family: family(refusal) }) as unknown as PossibleBoard;

Deno.test("what may be written to a place that somebody names, and what not", () => {
  const image = loadImage(Uint8Array.of(1, 2), { role: "x", name: "x.bin", source: "." });
  const put = (place: object, what = image, boards = [possible()]) =>
    imageForPlace(boards, what, place as { address: number });
  const reason = (place: object, what = image, boards = [possible()]) => {
    let said = "accepted";
    try {
      put(place, what, boards);
    } catch (error) {
      assert.ok(isKind(error, "bad-image"), String(error));
      said = `${error.data.place}: ${error.message}`;
    }
    return said;
  };
  for (const place of [{ address: 0x100 }, { partition: "FW" }, { role: "firmware" }]) {
    assert.equal(put(place).role, "firmware");
    assert.match(reason(place, image, [possible("It is old.")]), /It is old\./);
  }
  const broken = {
    ...possible(),
    family: {
      checkImages: () => {
        throw new RangeError("a defect");
      },
    },
  } as unknown as PossibleBoard;
  assert.throws(() => put({ role: "firmware" }, image, [broken]), RangeError);
  assert.equal(put({ partition: "NEW" }), image);
  assert.equal(put({ address: 0 }, image, []), image);
  for (const address of [0xFF, 0x501]) {
    assert.match(reason({ address }), /no part of the OpenMV Cam H7/);
  }
  for (const address of [0x101, 0x1FF]) {
    assert.match(reason({ address }), /in the middle of the firmware/);
  }
  assert.match(reason({ address: 0x201 }), /middle of the file system, which begins at 0x00000200/);
  for (const place of [{ address: 0x500 }, { partition: "CFG" }]) {
    assert.match(reason(place), /the settings of the OpenMV Cam H7 is not written like this/);
  }
  const filled = (value: number, size: number) => ({
    ...image,
    bytes: new Uint8Array(size).fill(value),
  });
  for (const value of [0x00, 0xFF]) {
    assert.equal(reason({ partition: "FS" }, filled(value, 0x300)), "accepted");
  }
  assert.match(reason({ partition: "FS" }, filled(0, 0x301)), /file system region has only 768/);
  assert.match(reason({ partition: "FS" }), /it is no file system, and would overwrite/);
  for (const words of ["hello, a text", "two\r\nlines\tof text"]) {
    assert.match(
      reason({ partition: "FS" }, { ...image, bytes: text(words) }),
      /it is a text, and/,
    );
  }
});

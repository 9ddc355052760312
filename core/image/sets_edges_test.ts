import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { isKind, type UnbrickError } from "../common/errors.ts";
import { sha256 } from "../common/sha256.ts";
import type { Board } from "../family/board.ts";
import { type Candidate, chooseSet, lendersAmong, setNamed } from "./choose_set.ts";
import { missingRoles, sourceOf } from "./completeness.ts";
import { fileInMemory } from "./files_on_demand.ts";
import { loadImage, refuseOtherAddress, refuseOtherAlternate } from "./load.ts";
import { type ManifestJson, parseManifest } from "./manifest.ts";
import { manifestPack, type ManifestSet } from "./manifest_set.ts";
import { filesOf, newSetFiles } from "./set_files.ts";
import { releaseNumbers } from "./set_version.ts";
import {
  publicKeyOf,
  readPrivateKey,
  readPublicKey,
  refuseUntrusted,
  signManifest,
  trustIn,
} from "./signature.ts";

function refusal(work: () => unknown): UnbrickError {
  let error: unknown;
  assert.throws(work, (thrown) => (error = thrown, true));
  assert.ok(isKind(error, "bad-image"), String(error));
  return error;
}

const one = Uint8Array.of(1);
const listed: ManifestJson["files"][number] = {
  ...{ folder: "OPENMV4", role: "firmware", path: "OPENMV4/firmware.bin" },
  ...{ size: 1, sha256: sha256(one), source: "the test", licence: "MIT", simulationOnly: false },
};
const manifestOf = (...files: object[]) => ({ schema: 1, files });
const bytesOf = (json: object) => new TextEncoder().encode(JSON.stringify(json));
const parse = (json: object) => parseManifest(bytesOf(json), "m");

Deno.test("each field of a manifest: what is just possible, and what is not", () => {
  const good: readonly object[] = [
    { name: "a", version: "v".repeat(64) },
    { name: "5.0.0-rc.1+x_y" },
    { name: "n".repeat(64) },
  ];
  const bad: readonly object[] = [
    ...["", ".a", "-a", "a b", "a/b", "n".repeat(65)].map((name) => ({ name })),
    ...["", "v".repeat(65), "a\nb", "a\x7Fb"].map((version) => ({ version })),
    ...[{ schema: 2 }, { files: {} }],
  ];
  for (const more of good) assert.equal(parse({ ...manifestOf(listed), ...more }).files.length, 1);
  for (const more of bad) refusal(() => parse({ ...manifestOf(listed), ...more }));
  const goodFiles: readonly object[] = [
    ...[{ address: "0x08000000" }, { address: "0xFFFFFFFF" }, { version: "1" }, { path: "a" }],
  ];
  const badFiles: readonly object[] = [
    ...["0x0800000", "0x080000000", "08000000", "0x0800000a", "x0x08000000"]
      .map((address) => ({ address })),
    ...[0, -1, 1.5].map((size) => ({ size })),
    ...["a".repeat(63), "a".repeat(65), "A".repeat(64), "g".repeat(64)].map((sha256) => ({
      sha256,
    })),
    ...["/a", "../a", "a//b", "a/", "./a", "a\\b", "C:a", ""].map((path) => ({ path })),
    ...["folder", "role", "source", "licence"].flatMap((key) => [
      { [key]: "" },
      { [key]: "\x1B[31m" },
      { [key]: undefined },
    ]),
    ...[{ simulationOnly: 0 }, { other: 1 }, { version: "" }],
  ];
  for (const more of goodFiles) parse(manifestOf({ ...listed, ...more }));
  for (const more of badFiles) refusal(() => parse(manifestOf({ ...listed, ...more })));
  const [{ address }] = parse(manifestOf({ ...listed, address: "0x08000000" })).files;
  assert.equal(address, 0x08000000);
  parse(manifestOf(listed, { ...listed, role: "romfs0" }, { ...listed, folder: "OPENMV2" }));
  assert.match(refusal(() => parse(manifestOf(listed, listed))).message, /OPENMV4, firmware/);
});

/** A set of one-byte files with these paths. */
function packWith(paths: readonly string[], content = one): ManifestSet {
  const files = paths.map((path, at) => ({ ...listed, path, role: `role ${at}` }));
  const manifest = bytesOf(manifestOf(...files));
  return manifestPack({
    ...{ name: "set.zip", paths: ["manifest.json", ...paths], isFresh: true as const },
    read: (path) => path === "manifest.json" ? manifest : content.slice(),
    sourceOf: (path) => path,
  });
}

Deno.test("the names that every system allows, and those that are taken", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz".repeat(4);
  const good = ["a/b/c", letters.slice(0, 100), "a.b", "_-+", "com", "con1", "lpt.txt", "comx.txt"];
  const bad = [
    ...[
      "a/b/c/d",
      letters.slice(0, 101),
      "a.",
      ".a",
      "a b",
      "ä",
      "con",
      "CON.txt",
      "nul",
      "aux.bin",
    ],
    ...["prn", "com1", "lpt9.txt", "x/com1/y", "ab:c"],
  ];
  assert.deepEqual([...filesOf(packWith(good)).keys()], ["manifest.json", ...good.toSorted()]);
  for (const path of bad) {
    const error = refusal(() => filesOf(packWith([path])));
    assert.equal(error.data.entry, path);
  }
  for (const paths of [["a", "A"], ["Manifest.json"], ["MANIFEST.SIG"]]) {
    assert.match(refusal(() => filesOf(packWith(paths))).message, /its name is already used/);
  }
  assert.match(refusal(() => filesOf(packWith(["a"], Uint8Array.of(2)))).message, /SHA-256/);
  const short = refusal(() => filesOf(packWith(["a"], new Uint8Array(0))));
  assert.deepEqual([short.data.size, short.data.expectedSize, short.data.offset], [0, 1, 0]);
});

Deno.test("a set has at most 512 MiB", () => {
  const sized = (size: number) =>
    newSetFiles({ files: [] }, new Map([["a", { ...fileInMemory(one), size }]]), "s");
  assert.equal(sized(536_870_912).size, 2);
  assert.match(refusal(() => sized(536_870_913)).message, /more than 512 MiB in total/);
});

const keys = generateKeyPairSync("ed25519"), others = generateKeyPairSync("ed25519");
const pemOf = (key: typeof keys.publicKey, type: "spki" | "pkcs8") =>
  new TextEncoder().encode(key.export({ type, format: "pem" }) as string);

Deno.test("keys are Ed25519 in PEM, of the kind that is asked for; a signature has 64 bytes", () => {
  const pem = pemOf(keys.publicKey, "spki"), secret = pemOf(keys.privateKey, "pkcs8");
  const pinned = readPublicKey(pem, "key.pem");
  assert.match(pinned.id, /^[0-9a-f]{16}$/);
  assert.equal(publicKeyOf(readPrivateKey(secret, "key.pem")).id, pinned.id);
  assert.equal(readPrivateKey(secret, "key.pem").type, "private");
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const x25519 = pemOf(generateKeyPairSync("x25519").publicKey as typeof keys.publicKey, "spki");
  for (const bad of [one, x25519, pemOf(rsa.publicKey, "spki"), pem.slice(0, 60)]) {
    assert.match(refusal(() => readPublicKey(bad, "k")).message, /not an Ed25519 public key/);
  }
  assert.match(refusal(() => readPublicKey(secret, "k")).message, /it is a private key/);
  assert.match(refusal(() => readPrivateKey(pem, "k")).message, /it is a public key/);
  assert.match(refusal(() => readPrivateKey(one, "k")).message, /not an Ed25519 private key/);
  const locked = keys.privateKey.export({
    ...{ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const,
  });
  const encrypted = refusal(() => readPrivateKey(new TextEncoder().encode(String(locked)), "k"));
  assert.match(encrypted.message, /it has a passphrase/);
  const manifestBytes = bytesOf(manifestOf());
  const signature = signManifest(manifestBytes, keys.privateKey);
  assert.equal(signature.length, 64);
  const longer = Uint8Array.of(...signature, 0);
  const other = publicKeyOf(others.publicKey);
  for (
    const [trust, given, key] of [
      ["unsigned", undefined, undefined],
      ["unchecked", signature, undefined],
      ["signed", signature, pinned],
      ["refused", signature, other],
      ["refused", signature.slice(0, 63), pinned],
      ["refused", longer, pinned],
      ["refused", undefined, pinned],
    ] as const
  ) {
    assert.equal(trustIn({ manifestBytes, ...(given && { signature: given }) }, key), trust);
  }
  assert.equal(trustIn({ manifestBytes: one, signature }, pinned), "refused");
  const signed = { manifestBytes, signature }, unsigned = { manifestBytes };
  for (const pack of [signed, unsigned, undefined]) refuseUntrusted(pack, "the set", undefined);
  refuseUntrusted(signed, "the set", pinned);
  for (const [pack, key] of [[signed, other], [unsigned, pinned], [undefined, pinned]] as const) {
    const { data } = refusal(() => refuseUntrusted(pack, "the set", key));
    assert.deepEqual([data.signed, data.pinnedKey], [pack === signed, key.id]);
  }
});

const role = (role: string, neededFor: readonly string[], comesWith?: string) => ({
  ...{ role, title: role, fileNames: [], neededFor },
  ...(comesWith && { comesWith }),
});
const board = {
  ...{ id: "one", name: "One", folder: "ONE" },
  roles: [
    role("bootloader", ["restore"]),
    role("loader", ["restore"], "openmv-ide"),
    role("firmware", ["flash"]),
    role("romfs0", []),
    role("romfs1", []),
  ],
} as unknown as Board;

Deno.test("which images a job misses", () => {
  const missing = (job: string, part: object, ...there: string[]) =>
    missingRoles(board, job as "restore", new Set(there), part).map(({ role }) => role).join(" ");
  assert.equal(missing("restore", {}), "bootloader loader firmware");
  assert.equal(missing("restore", {}, "loader", "firmware"), "bootloader");
  assert.equal(missing("restore", { bootloaderOnly: true }), "bootloader loader");
  for (const job of ["flash", "verify"]) assert.equal(missing(job, {}), "firmware");
  assert.equal(missing("flash", { bootloaderOnly: true }), "firmware");
  assert.equal(missing("flash", { only: "romfs" }), "romfs1");
  assert.equal(missing("flash", { only: "romfs" }, "romfs1"), "");
  assert.equal(missing("flash", { only: "firmware" }), "firmware");
  assert.equal(missing("verify", { only: "romfs" }), "firmware");
  for (const job of ["backup", "check"]) assert.equal(missing(job, {}), "");
  assert.match(String(sourceOf(undefined)), /OpenMV firmware release/);
  assert.match(String(sourceOf("openmv-ide")), /OpenMV IDE/);
  assert.match(String(sourceOf("se-tools")), /SE Tools/);
});

const manifestBytes = bytesOf(manifestOf());
const pinned = publicKeyOf(keys.publicKey);

/** A set with these roles; `!` in its name: signed, `~`: for simulated cameras. */
function set(name: string, roles: string, isBundled = false): Candidate {
  const simulationOnly = name.includes("~");
  const all = roles.split(" ").filter((role) => role !== "");
  const pack = {
    manifestBytes,
    ...(name.includes("!") && { signature: signManifest(manifestBytes, keys.privateKey) }),
    listed: () => new Map(all.map((role) => [role, { ...listed, role, simulationOnly }])),
  } as unknown as ManifestSet;
  return { name, isBundled, pack };
}

const whole = "bootloader loader firmware";
/** Imported sets, then the bundled one; what is wanted; name, missing roles, lenders and reason. */
const choices: readonly [Candidate[], Candidate | undefined, object, string][] = [
  [[], undefined, {}, "none"],
  [[set("a", "")], undefined, {}, "none"],
  [[set("a", whole), set("b", whole)], undefined, {}, "a: newest imported set"],
  [[set("a", "firmware"), set("b", whole)], undefined, {}, "b: newest complete imported set"],
  [[set("a", "firmware")], undefined, {}, "a -bootloader -loader: newest set; none is complete"],
  [[set("a", "firmware")], undefined, { job: "flash" }, "a: newest imported set"],
  [
    [set("a", "firmware bootloader"), set("b", "loader")],
    undefined,
    {},
    "a +b: newest imported set",
  ],
  [
    [set("a", "firmware bootloader"), set("b", "firmware"), set("c", "loader")],
    undefined,
    {},
    "a +c: newest imported set",
  ],
  [
    [set("a", "bootloader firmware")],
    undefined,
    { named: new Set(["loader"]) },
    "a: newest imported set",
  ],
  [[set("a~", whole), set("b", whole)], undefined, {}, "a~: newest imported set"],
  [
    [set("a~", whole), set("b", whole)],
    undefined,
    { isReal: true },
    "b: newest imported set for real cameras",
  ],
  [[set("a~", whole)], undefined, { isReal: true }, "a~: newest imported set"],
  [
    [set("a", "bootloader firmware"), set("b~", "loader")],
    undefined,
    { isReal: true },
    "a -loader: newest set; none is complete",
  ],
  [[], set("x", whole, true), {}, "x: no set for it has been imported"],
  [[set("a", "firmware")], set("x", whole, true), {}, "x: no imported set is complete"],
  [
    [set("a~", whole)],
    set("x", whole, true),
    { isReal: true },
    "x: no imported set is for real cameras",
  ],
  [
    [set("a", whole), set("b!", whole)],
    undefined,
    { pinned },
    "b!: newest imported set signed with the pinned key",
  ],
  [
    [set("a", whole)],
    set("x!", whole, true),
    { pinned },
    "x!: no imported set is signed with the pinned key",
  ],
  [
    [set("a", whole), set("b!", "firmware"), set("c!", whole)],
    undefined,
    { pinned },
    "c!: newest complete imported set that is allowed here",
  ],
  [
    [set("a", whole), set("b!", "firmware")],
    set("x!", whole, true),
    { pinned },
    "x!: no complete imported set is allowed here",
  ],
  [
    [set("a!", "bootloader firmware"), set("b", "loader")],
    undefined,
    { pinned },
    "a! -loader: newest set; none is complete",
  ],
  // The bundled images are for simulated cameras: nobody lends them files.
  [
    [set("b", "loader")],
    set("x", "bootloader firmware", true),
    {},
    "b -bootloader -firmware: newest set; none is complete",
  ],
];

Deno.test("which set is used, why, what it lacks, and which others lend it files", () => {
  for (const [imported, bundled, more, wanted] of choices) {
    const request = { board, job: "restore", isReal: false, ...more } as const;
    const choice = chooseSet(imported, bundled, request as Parameters<typeof chooseSet>[2]);
    const told = choice
      ? [
        choice.set.name,
        ...choice.missing.map(({ role }) => ` -${role}`),
        ...choice.lenders.map(({ name }) => ` +${name}`),
        `: ${choice.reason}`,
      ].join("")
      : "none";
    assert.equal(told, wanted);
  }
  const request = { board, job: "restore", isReal: false, pinned } as const;
  const unsigned = refusal(() => chooseSet([set("a", whole)], undefined, request));
  assert.deepEqual([unsigned.data.signed, unsigned.data.pinnedKey], [false, pinned.id]);
  assert.match(unsigned.message, /^The set a is not signed/);
  assert.equal(chooseSet([], undefined, request), undefined);
  const lenders = (more: object) =>
    lendersAmong([set("a", "x"), set("b", ""), set("c~!", "x")], { board, isReal: false, ...more })
      .map(({ name }) => name);
  assert.deepEqual(lenders({}), ["a", "c~!"]);
  assert.deepEqual(lenders({ isReal: true }), ["a"]);
  assert.deepEqual(lenders({ pinned }), ["c~!"]);
  const [first, second] = [set("a", whole), set("b", whole)];
  assert.equal(setNamed("b", [first, second]), second);
  assert.throws(() => setNamed("c", [first, second]), /no image set called c\. Available: a, b\.$/);
  assert.throws(() => setNamed("c", []), /Available: none\.$/);
});

Deno.test("the numbers of a release, and other versions", () => {
  for (
    const [version, numbers] of [
      ["5.0.0", "5.0.0"],
      ["v5.10.0", "5.10.0"],
      ["5.0.0-simulation", "5.0.0"],
      ["5.0.0-rc.1", undefined],
      ["5.0", undefined],
      ["x5.0.0", undefined],
      ["5.0.0.1", undefined],
      [undefined, undefined],
    ]
  ) {
    assert.equal(releaseNumbers(version), numbers, version);
  }
});

Deno.test("an image goes to the address and the alternate setting of its container only", () => {
  const image = { ...loadImage(one, { role: "r", name: "x.bin", source: "." }) };
  const at = { ...image, address: 8, alternate: 1 };
  refuseOtherAddress(image, 9);
  refuseOtherAddress(at, 8);
  refuseOtherAlternate(image, 3);
  refuseOtherAlternate(at, 1);
  const address = refusal(() => refuseOtherAddress(at, 9)).data;
  assert.deepEqual([address.stated, address.address], [8, 9]);
  const alternate = refusal(() => refuseOtherAlternate(at, 0)).data;
  assert.deepEqual([alternate.stated, alternate.alternate], [1, 0]);
  assert.equal(refusal(() => refuseOtherAlternate({ ...at, alternate: 0 }, 1)).data.stated, 0);
});

import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import { boardImages, withImages } from "../../core/image/board_images.ts";
import type { FoundEnclave } from "../../core/protocols/alif_isp/client/connect.ts";
import { missingPackage, packageFor, systemPackages } from "./packages.ts";
import { sampleImages } from "./samples.ts";

/** Which system package a chip gets, by its part and its root key (alif-isp.md C.1, C.8). */

const AE = "AE302F80F55D5AE", LE = "AE302F80F55D5LE";
const sizes = { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 };
const production = sampleImages({ sizes }),
  development = sampleImages({ sizes, root: "development" });
const both = boardImages("both", [...production.all, ...development.all]);

const without = (...roles: string[]) =>
  boardImages("some", production.all.filter(({ role }) => !roles.includes(role)));

const rolesOf = (images = production) => systemPackages(images).map(({ role }) => role).toSorted();

const rootOf = (images: typeof production) => systemPackages(images)[0].root;
const chip = (part: string, hbk0: Uint8Array) =>
  ({ revision: { part, hbk0, name: "B4" } }) as unknown as FoundEnclave;

Deno.test("a package is complete with its signature, and with the pointer of its root key and that one's signature", () => {
  assert.deepEqual(rolesOf(), ["system-ae", "system-le"]);
  assert.deepEqual(rolesOf(both), ["system-ae", "system-ae-dev", "system-le", "system-le-dev"]);
  assert.deepEqual(rolesOf(without("system-ae")), ["system-le"]);
  assert.deepEqual(rolesOf(without("system-ae-sign")), ["system-le"]);
  const none = without("system-ae", "system-le", "pointer", "pointer-sign");
  assert.deepEqual(
    rolesOf(boardImages(
      "a release",
      none.all.filter(({ role }) => !role.startsWith("system") && !role.startsWith("pointer")),
    )),
    [],
  );
});

Deno.test("if none is complete, what is missing is said", () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["system-ae-sign", "system-le-sign"], /signature \(\.sign\) is missing/],
    [["pointer-sign"], /signature \(\.sign\) is missing/],
    [["pointer", "pointer-sign"], /pointer file \(offset-58-rev-b4\).* is missing/],
  ];
  for (const [roles, reason] of cases) {
    assert.throws(() => systemPackages(without(...roles)), { kind: "bad-image", message: reason });
  }
});

Deno.test("a package for the other part is refused, with both parts", () => {
  const le = { ...production.get("system-le")!, role: "system-ae" };
  assert.throws(() => systemPackages(withImages(production, [le])), (error) => {
    assert.ok(error instanceof UnbrickError);
    assert.deepEqual([error.kind, error.data.part, error.data.expected], ["wrong-board", LE, AE]);
    return true;
  });
});

Deno.test("a chip gets the package for its part and root key; without a part number its bridge's", () => {
  const packages = systemPackages(both);
  const roots = [rootOf(production), rootOf(development)];
  const given = (part: string, root: Uint8Array, bridge: string) => {
    const found = packageFor(packages, chip(part, root), bridge);
    return packages.find((one) => one === found)?.role;
  };
  assert.equal(given(AE, roots[0], AE), "system-ae");
  assert.equal(given(LE, roots[0], AE), "system-le");
  assert.equal(given("", roots[0], LE), "system-le");
  assert.equal(given(AE, roots[1], AE), "system-ae-dev");
  assert.equal(given(AE, new Uint8Array(16), AE), "system-ae-dev", "no root key");
  assert.equal(given(AE, new Uint8Array(16).fill(7), AE), undefined, "another root key");
  assert.equal(given("AE722F80F55D5LS", roots[0], AE), undefined, "another part");
});

Deno.test("what is missing is named by its files, for the chip's part and root key", () => {
  const packages = systemPackages(production);
  const other = new Uint8Array(16).fill(7);
  const known = missingPackage(packages, chip(LE, other), AE);
  assert.equal(known.kind, "wrong-board");
  assert.deepEqual(known.data, {
    part: LE,
    root: other.toHex(),
    has: packages.map(({ image }) => image.name),
    comesWith: "se-tools",
    role: "system-le",
  });
  assert.match(known.message, /SP-AE302F80F55D5LE-rev-b4\.bin .* offset-58-rev-b4\.bin/);
  for (const root of [new Uint8Array(16), rootOf(development)]) {
    const none = missingPackage([], chip("", root), AE);
    assert.deepEqual([none.kind, none.data.has], ["not-found", []]);
  }
  // Alif's own development root (alif-isp.md C.8).
  const alif = Uint8Array.fromHex("f049442ecc7900a838d34c31d71e62e6");
  for (const root of [new Uint8Array(16), alif]) {
    const none = missingPackage([], chip("", root), AE);
    assert.equal(none.data.role, "system-ae-dev");
    assert.match(none.message, /SP-AE302F80F55D5AE-rev-b4-dev\.bin .* offset-58-rev-b4-dev\.bin/);
  }
});

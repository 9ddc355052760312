import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { writeChecksums } from "../tools/checksums.ts";
import type { Component } from "../tools/components.ts";
import { cycloneDx } from "../tools/sbom.ts";
import { reducedLock } from "../tools/shipped.ts";
import { allowRequire, splitLater } from "../tools/bundle.ts";

Deno.test("the lock for a build contains the shipped packages and their dependencies, nothing else", () => {
  const lock = {
    version: "5",
    specifiers: { "npm:@a/b@1.0.0": "1.0.0", "npm:only-tests@2.0.0": "2.0.0" },
    npm: {
      "@a/b@1.0.0": { integrity: "x", dependencies: ["c", "d@3.0.0"] },
      "c@1.0.0": { integrity: "c", dependencies: ["@a/b"] },
      "d@2.0.0": { integrity: "d2" },
      "d@3.0.0": { integrity: "d3" },
      "only-tests@2.0.0": { integrity: "t" },
    },
  };
  const reduced = reducedLock(lock, ["npm:@a/b@1.0.0", "./ours.ts"]);
  assert.deepEqual(reduced.specifiers, { "npm:@a/b@1.0.0": "1.0.0" });
  assert.deepEqual(Object.keys(reduced.npm).sort(), ["@a/b@1.0.0", "c@1.0.0", "d@3.0.0"]);
  assert.throws(() => reducedLock(lock, ["npm:other@1.0.0"]), /does not contain npm:other@1.0.0/);
});

Deno.test("the bill of materials names every component with its licence and hash", () => {
  const pin = { name: "usb", version: "2.18.0", integrity: "sha512-AAEC" };
  const parts: Component[] = [
    { name: "unbrick", version: "1", licence: "MIT", text: "", purl: "pkg:generic/unbrick@1" },
    {
      name: "libusb",
      version: "1.0.30",
      licence: "LGPL-2.1-or-later",
      text: "",
      purl: "pkg:generic/libusb@1.0.30",
      takenFrom: pin,
    },
    {
      name: "@a/b",
      version: "2",
      licence: "MIT OR X11",
      text: "",
      purl: "pkg:npm/%40a/b@2",
      integrity: "sha512-//8=",
    },
  ];
  // deno-lint-ignore no-explicit-any
  const bill = cycloneDx({ name: "unbrick-x", sha256: "ab" }, parts) as any;
  assert.equal(bill.bomFormat, "CycloneDX");
  assert.equal(bill.metadata.component.hashes[0].content, "ab");
  const [libusb, scoped] = bill.components;
  assert.equal(libusb.licenses[0].license.id, "LGPL-2.1-or-later");
  assert.deepEqual(libusb.externalReferences[0].url, "pkg:npm/usb@2.18.0");
  assert.deepEqual(libusb.externalReferences[0].hashes, [{ alg: "SHA-512", content: "000102" }]);
  assert.equal(scoped.group, "@a");
  assert.equal(scoped.name, "b");
  assert.deepEqual(scoped.hashes, [{ alg: "SHA-512", content: "ffff" }]);
  assert.equal(scoped.licenses[0].expression, "MIT OR X11");
  assert.equal(bill.dependencies[0].dependsOn.length, 2);
});

Deno.test("SHA256SUMS lists the files of a folder, except itself", async () => {
  const path = await Deno.makeTempDir();
  const folder = pathToFileURL(`${path}/`);
  await Deno.writeTextFile(new URL("b", folder), "abc");
  await Deno.writeTextFile(new URL("a", folder), "");
  await Deno.mkdir(new URL("folder", folder));
  await writeChecksums(folder);
  await writeChecksums(folder);
  const text = await Deno.readTextFile(new URL("SHA256SUMS", folder));
  await Deno.remove(folder, { recursive: true });
  // The SHA-256 of nothing and of "abc" (FIPS 180-2, appendix B.1).
  assert.equal(
    text,
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n" +
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n",
  );
});

Deno.test("a bundled CommonJS library can load Node's own modules; another bundler is noticed", () => {
  const refusal = `throw Error('Dynamic require of "'+e+'" is not supported')`;
  const load = new Function("e", allowRequire(refusal));
  assert.equal(load("node:path").basename("a/b"), "b");
  assert.throws(() => allowRequire(`throw Oops('Dynamic require of "'+e)`), /changed its words/);
});

Deno.test("a library's segmenter is made at the first text that needs it, and splits as before", () => {
  const source = `var a=new Intl.Segmenter("en",{granularity:"grapheme"});return a`;
  const later = splitLater(source);
  assert.equal(later.count, 1);
  const [before, after] = [source, later.source].map((text) => new Function(text)());
  for (const text of ["", "plain ~", "\r\n", "caf\u0065\u0301", "\u{1F469}\u200D\u{1F680}!"]) {
    const [known, found] = [before, after].map((one) =>
      [...one.segment(text)].map(({ segment }) => segment)
    );
    assert.deepEqual(found, known);
  }
  assert.equal(splitLater("b??=new Intl.Segmenter()").count, 0);
});

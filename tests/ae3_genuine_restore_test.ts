import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openmvAe3 } from "../boards/openmv_ae3/mod.ts";
import { bundledSet } from "../core/image/pack.ts";
import { ran } from "./support/cli/command_rig.ts";
import { genuineFiles } from "./support/images/genuine_files.ts";

/**
 * `unbrick restore openmv-ae3 --simulate` with the vendor's packages, and bundled images for the
 * rest.
 */

const files = genuineFiles("se-tools");
const folder = fileURLToPath(files.folder);
const bundled = new URL("../images/", import.meta.url);
const bundledImages = () => bundledSet((path) => Deno.readFileSync(new URL(path, bundled)));

function restore(variant: "AE" | "LE", ...more: readonly string[]) {
  const short = variant.toLowerCase();
  const system = `SP-AE302F80F55D5${variant}-rev-b4.bin`;
  const roles: Readonly<Record<string, string>> = {
    [`system-${short}`]: system,
    [`system-${short}-sign`]: `${system}.sign`,
    "pointer": "offset-58-rev-b4.bin",
    "pointer-sign": "offset-58-rev-b4.bin.sign",
  };
  const images = Object.entries(roles)
    .flatMap(([role, name]) => ["--image", `${role}=${join(folder, name)}`]);
  return ran(
    ["restore", "openmv-ae3", "--simulate", "--fast", "--yes", ...more, ...images],
    { families: [openmvAe3], context: { bundledImages } },
  );
}

Deno.test({
  name: "a simulated camera is restored with genuine packages, whatever firmware its enclave runs",
  ignore: files.missing,
  async fn() {
    for (const variant of ["AE", "LE"] as const) {
      for (const trap of ["enclaveDead", "oldPackage", "spinner"]) {
        const name = `variant=${variant}`;
        const { code, out, error } = await restore(variant, "--trap", name, "--trap", trap);
        assert.equal(code, 0, error);
        assert.match(out, /The OpenMV AE3 is restored/);
        const isRenewed = /checked\s+all\s+of\s+SP-AE302F80F55D5.E-rev-b4\.bin\s+against/.test(out);
        assert.equal(isRenewed, trap !== "spinner", out);
      }
    }
  },
});

Deno.test({
  name: "a package for the other variant's part is reported, and nothing is written",
  ignore: files.missing,
  async fn() {
    const { code, out } = await restore("AE", "--trap", "variant=LE", "--trap", "enclaveDead");
    assert.equal(code, 12);
    assert.match(out, /needs a new\s+system\s+package/);
    assert.match(out, /Nothing was written/);
  },
});

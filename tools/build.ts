import { parseArgs } from "node:util";
import { bundledImages } from "./bundled_images.ts";
import { exists } from "./files.ts";
import { compile } from "./compile.ts";
import { sha256, writeChecksums } from "./checksums.ts";
import { components } from "./components.ts";
import { signForMac } from "./macos/sign.ts";
import { translationTable } from "./language/translations.ts";
import { type Embedded, lockedImages } from "./images/embedded.ts";
import { cycloneDx } from "./sbom.ts";
import { type ShippedProgram, shippedProgram } from "./shipped.ts";
import { hostTarget, isCarried, nativeFolder, parseTarget } from "./targets.ts";
import { projectRoot, type Target, targets } from "./targets.ts";

/**
 * `deno task build [TARGET…] [--all] [--official-runtime] [--images DIR] [--public-key FILE]
 * [--locked-images [--lock FILE] [--sign FILE]] [--dist DIR] [--identity NAME]`:
 * makes dist/unbrick-TARGET, one file that contains everything, its bill of materials (.cdx.json),
 * dist/licences and dist/SHA256SUMS. Without a target it builds for this machine. Without
 * `--official-runtime` (or DENORT_BIN) it uses the runtime that tools/denort.ts extracts, because
 * the official download cannot be reached everywhere; releases use the official one. With
 * `--images`, the executable contains that set instead of `images/`. With `--public-key`, that set
 * must be signed with the key, and unbrick uses no other sets. With `--locked-images`, the executable
 * also contains the real images of images.lock.json (`--lock FILE` for another lock), signed with the
 * private key of `--sign FILE`. `--dist DIR` replaces dist/.
 * With `--identity`, on a Mac, macOS executables are signed for release; `-` names no signer.
 */

async function build(
  target: Target,
  official: boolean,
  program: ShippedProgram,
  embedded: Partial<Embedded>,
  dist: URL,
  identity?: string,
): Promise<void> {
  const { images, notices = [] } = embedded;
  const parts = [...await components(target, program.packages, official), ...notices];
  const licences = new URL("licences.json", nativeFolder(target));
  await Deno.mkdir(new URL(".", licences), { recursive: true });
  await Deno.writeTextFile(
    licences,
    JSON.stringify(parts.map(({ name, version, licence, text }) => ({
      name,
      version,
      licence,
      text,
    }))),
  );
  const output = new URL(targets[target].executable, dist);
  const size = await compile({
    target,
    output,
    officialRuntime: official,
    include: [licences, await translationTable()],
    images,
  });
  if (identity !== undefined && target.startsWith("macos-")) await signForMac(output, identity);
  const subject = { name: targets[target].executable, sha256: await sha256(output) };
  const bill = JSON.stringify(cycloneDx(subject, parts), null, 2) + "\n";
  await Deno.writeTextFile(new URL(`${subject.name.replace(/\.exe$/, "")}.cdx.json`, dist), bill);
  for (const { name, version, text } of parts) {
    const file = `${name.replace("@", "").replace("/", "-")}-${version}.txt`;
    await Deno.writeTextFile(new URL(`licences/${file}`, dist), text);
  }
  console.log(`${subject.name}: ${(size / 1e6).toFixed(1)} MB, SHA-256 ${subject.sha256}`);
}

/** The targets of `--all` if the official runtime is not available. */
function buildable(official: boolean): Target[] {
  const all = Object.keys(targets).map(parseTarget);
  const left = all.filter((target) => !official && !isCarried(target));
  if (left.length > 0) {
    console.log(
      `not built: ${left.join(", ")}: their Deno runtime comes only from Deno's own host; ` +
        "use --official-runtime where it can be reached",
    );
  }
  return all.filter((target) => official || isCarried(target));
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: {
      all: { type: "boolean", default: false },
      "official-runtime": { type: "boolean", default: false },
      images: { type: "string" },
      "public-key": { type: "string" },
      "locked-images": { type: "boolean", default: false },
      lock: { type: "string", default: "images.lock.json" },
      sign: { type: "string" },
      dist: { type: "string", default: "dist" },
      identity: { type: "string" },
    },
    allowPositionals: true,
  });
  const official = values["official-runtime"];
  try {
    const named = positionals.map(parseTarget);
    const chosen = values.all ? buildable(official) : named.length > 0 ? named : [hostTarget()];
    if (chosen.length > 1 && Deno.env.has("DENORT_BIN")) {
      throw new Error("DENORT_BIN names the runtime of one target: build one at a time");
    }
    const dist = new URL(`${values.dist}/`, projectRoot);
    const licences = new URL("licences/", dist);
    if (await exists(licences)) await Deno.remove(licences, { recursive: true });
    await Deno.mkdir(licences, { recursive: true });
    const program = await shippedProgram();
    const source = values.images;
    if (source === undefined && values["public-key"] !== undefined) {
      throw new Error("--public-key needs --images with a set that is signed with that key");
    }
    if (source !== undefined && values["locked-images"]) {
      throw new Error("--images and --locked-images exclude each other");
    }
    if (values.sign !== undefined && !values["locked-images"]) {
      throw new Error("--sign needs --locked-images");
    }
    const embedded: Partial<Embedded> = values["locked-images"]
      ? await lockedImages(new URL(values.lock, projectRoot), values.sign, console.log)
      : source === undefined
      ? {}
      : { images: bundledImages(source, values["public-key"]) };
    for (const target of chosen) {
      await build(target, official, program, embedded, dist, values.identity);
    }
    await writeChecksums(dist);
    console.log(
      `in ${values.dist}: SHA256SUMS, licences, and a bill of materials beside each executable`,
    );
  } catch (error) {
    console.error(`build failed: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}

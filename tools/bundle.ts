import { fileURLToPath } from "node:url";
import { run } from "./run.ts";
import { buildEnvironment } from "./shipped.ts";
import { projectRoot } from "./targets.ts";

/**
 * Makes one module of the program and its libraries, and one more for each import that waits until
 * it is needed: Deno starts a few large modules much faster than hundreds of small ones.
 * @throws Error if a library or the bundler is not as `allowRequire` and `splitLater` know them
 */
export async function bundle(folder: URL): Promise<void> {
  await run(Deno.execPath(), [
    ...["bundle", "--quiet", "--frozen", "--code-splitting", "--minify"],
    ...["--outdir", fileURLToPath(folder), "main.ts"],
  ], { cwd: projectRoot, env: buildEnvironment });
  let segmenters = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".js")) continue;
    const file = new URL(name, folder);
    const source = await Deno.readTextFile(file);
    const later = splitLater(allowRequire(source));
    segmenters += later.count;
    if (later.source !== source) await Deno.writeTextFile(file, later.source);
  }
  if (segmenters !== 1) throw new Error(`${segmenters} libraries make a segmenter; 1 was known`);
}

/**
 * Lets bundled CommonJS libraries load Node's own modules, which the bundler refuses at run time.
 * @throws Error if the bundler refuses in words that are not known here
 */
export function allowRequire(source: string): string {
  const allowed = source.replace(
    /throw Error\('Dynamic require of "' ?\+ ?(\w+) ?\+ ?'" is not supported'\)/,
    "return process.getBuiltinModule($1)",
  );
  if (allowed.includes("Dynamic require of")) throw new Error("the bundler has changed its words");
  return allowed;
}

/**
 * Made when a text needs it. A text of ASCII, Han and their punctuation, as in
 * core/cli/terminal/columns.ts, consists of its code units.
 */
const LATER = "((...of)=>{let s;return{segment:t=>" +
  "/^[ -~\\u3001-\\u3011\\u4e00-\\u9fff\\uff01-\\uff5e\\u2018\\u2019\\u201c\\u201d\\u2026\\u2014\\xb7]*$/.test(t)?" +
  "Array.from(t,segment=>({segment})):(s??=new Intl.Segmenter(...of)).segment(t)}})";

/**
 * Delays the segmenter that a library (Optique) makes when it is loaded: that alone takes a third of
 * the time in which a small program starts.
 * @returns the source, and how many segmenters it delays
 */
export function splitLater(source: string): { readonly source: string; readonly count: number } {
  let count = 0;
  const changed = source.replace(/(?<=[\w$]=)new Intl\.Segmenter(?=\()/g, () => {
    count++;
    return LATER;
  });
  return { source: changed, count };
}

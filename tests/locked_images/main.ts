import { buildLocked } from "./build.ts";

/**
 * `deno run -A tests/locked_images/main.ts [DIR]`: shows how a release gets its images, with a release
 * of the tests on a local server. The executable is in dist/locked or in DIR.
 */
await buildLocked(Deno.args[0] ?? "dist/locked", console.log);

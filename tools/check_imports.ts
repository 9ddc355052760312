import { wrongImports } from "./checks/cruise.ts";
import { filesBelow } from "./checks/tree.ts";
import { projectRoot } from "./targets.ts";

/**
 * Checks who imports whom (tools/checks/rooms.ts). Prints each wrong import with its reason and then
 * exits with 1.
 */

const files = filesBelow(projectRoot).filter((path) => path.endsWith(".ts"));
const wrong = await wrongImports(projectRoot, files.length);
for (const { from, to, reason } of wrong) console.log(`${from} imports ${to}: ${reason}`);
console.log(`${files.length} files, ${wrong.length} wrong imports`);
if (wrong.length > 0) Deno.exit(1);

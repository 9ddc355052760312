import { programFile } from "../../../core/common/program_file.ts";

/** Prints a file of this program; compiled, from the executable. */
console.log(Deno.readTextFileSync(programFile("CHANGELOG.md")).split("\n")[0]);

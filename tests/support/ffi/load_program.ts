import { folderPlace } from "../../../ffi/native/folder_place.ts";
import { loadBytes } from "../../../ffi/native/load.ts";
import { sampleSymbols } from "./sample_library.ts";

/**
 * Loads the library file ARGS[0] ARGS[1] times from a folder below each of the further arguments,
 * and prints the results.
 */

const [file, times, ...bases] = Deno.args;
const bytes = Deno.readFileSync(file);
let said = "";
for (let time = 0; time < Number(times); time++) {
  try {
    const places = bases.map(folderPlace);
    const { library, place } = loadBytes("sample.so", bytes, sampleSymbols, places);
    said = `${library.symbols.answer()} from ${place}`;
    library.close();
  } catch (error) {
    said = (error as Error).message;
  }
}
console.log(said);

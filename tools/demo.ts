import { main } from "../main.ts";

/**
 * `deno task demo [--board ID] [OPTIONS]`: restores and flashes a simulated camera, as `unbrick
 * restore BOARD --simulate --yes` does. Needs no hardware and no network.
 */
const [option, id, ...rest] = Deno.args;
const [board, options] = option === "--board" ? [id ?? "", rest] : ["openmv-h7", Deno.args];
Deno.exit(await main(["restore", board, "--simulate", "--yes", ...options]));

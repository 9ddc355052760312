// Drives a station: prints what to do, and one line for each camera.
// node station.mjs [COMMAND...]; by default every OpenMV Cam H7 that is connected is restored.
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

const usual = ["unbrick", "station", "openmv-h7", "--yes", "--json"];
const [program, ...words] = process.argv.length > 2 ? process.argv.slice(2) : usual;
const station = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
const ended = new Promise((resolve) => station.on("close", resolve));
const serials = new Map();
process.on("SIGINT", () => {}); // Ctrl-C ends the station, which says how
for await (const line of createInterface({ input: station.stdout })) {
  const event = JSON.parse(line);
  const { type, port, error } = event;
  if (type === "connected") serials.set(port, event.detected.serial ?? "no serial number");
  if (type === "hardware") {
    for (const action of event.actions) console.log(`${port}: ${action.text}`);
  }
  if (type === "run-ended") {
    console.log(`${port}: ${serials.get(port)}: ${event.outcome}, exit code ${event.exitCode}`);
  }
  if (error && event.state !== "failed") { // run-ended has said it
    console.log(`${port ?? "station"}: ${error.kind}: ${error.message}`);
    for (const action of error.advice ?? []) console.log(`  - ${action}`);
  }
}
process.exitCode = await ended;

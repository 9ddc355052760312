import assert from "node:assert/strict";
import { VirtualClock } from "../../common/virtual_clock.ts";
import { MemoryBus } from "../../transport/usb/memory.ts";
import { VirtualBus } from "../../transport/usb/virtual_bus.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { toyFamily } from "../../../tests/support/cli/toy_family.ts";

/** Two toy cameras on ports 1-2 and 1-3, and a folder for records. */
class Table implements Disposable {
  readonly clock = new VirtualClock();
  readonly folder = Deno.makeTempDirSync();
  readonly #usb = new VirtualBus();

  async plug(port: string): Promise<void> {
    const family = toyFamily();
    const { clock } = this;
    await family.simulate(family.boards[0], { clock, socket: this.#usb.socket(port) })
      .perform({ id: "plug", text: "" });
  }

  run(line: string) {
    const { clock } = this;
    const bus = new MemoryBus(this.#usb, clock);
    return clock.run(() => ran(line.replace("%", this.folder), { bus, context: { clock } }));
  }

  record(name: string): Record<string, unknown>[] {
    const lines = Deno.readTextFileSync(`${this.folder}/${name}`).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("devices --port shows one port; --report writes what --json would print", async () => {
  using table = new Table();
  await table.plug("1-2");
  await table.plug("1-3");
  const { code, out, error } = await table.run("devices --port 1-3 --report %/devices.json");
  assert.equal(code, 0, error);
  assert.match(out, /^port 1-3 /);
  assert.doesNotMatch(out, /port 1-2/);
  assert.deepEqual(table.record("devices.json").map(({ type, port }) => [type, port]), [
    ["device", "1-3"],
  ]);
  // The older record is kept beside the new one.
  assert.equal((await table.run("devices --report %/devices.json")).code, 0);
  assert.equal(table.record("devices.json").length, 2);
  assert.equal(table.record("devices.json.1").length, 1);
});

Deno.test("doctor --report keeps its answers and findings; --port shows only its device", async () => {
  using table = new Table();
  await table.plug("1-2");
  await table.plug("1-3");
  const { code } = await table.run("doctor --port 1-2 --report %/doctor.json");
  const record = table.record("doctor.json");
  assert.deepEqual([record[0].type, record.at(-1)!.type], ["answers", "doctor-ended"]);
  assert.equal(record.at(-1)!.exitCode, code);
  const devices = record[0].devices as { port: string }[];
  assert.deepEqual(devices.map(({ port }) => port), ["1-2"]);
});

Deno.test("a record that cannot be written is refused before the bus is opened", async () => {
  const openUsbBus = () => Promise.reject(new Error("the bus was opened"));
  for (const line of ["devices", "doctor"]) {
    const { code, error } = await ran(`${line} --report /nowhere/x.json`, {
      context: { openUsbBus },
    });
    assert.equal(code, 3, error);
    assert.match(error, /cannot be written/);
  }
});

import assert from "node:assert/strict";
import { ensureProgram } from "../../tools/apt.ts";
import { boards } from "../../boards/openmv_stm32/boards.ts";
import { makeZip } from "../../core/image/zip_writer.ts";
import { release } from "../guest/images.ts";
import { sampleRelease } from "../support/images/sample_release.ts";
import { type ExecutableCase, outcomeText, start } from "./launcher.ts";

/** A plugin, a separate program inside the executable, which tries to reach the outside. */
const plugin = `
const attempts = {
  connect: () => Deno.connect({ hostname: "127.0.0.1", port: 9 }),
  listen: () => Deno.listen({ port: 0 }),
  fetch: () => fetch("http://127.0.0.1:9/"),
  resolve: () => Deno.resolveDns("localhost", "A"),
  command: () => new Deno.Command("/bin/true").output(),
  nodeCommand: async () => {
    const { spawn } = await import("node:child_process");
    await new Promise((resolve, reject) =>
      spawn("/bin/true").on("exit", resolve).on("error", reject));
  },
  nodeConnect: async () => {
    const { connect } = await import("node:net");
    await new Promise((resolve, reject) =>
      connect(9, "127.0.0.1").on("connect", resolve).on("error", reject));
  },
};
const outcomes = {};
for (const [name, attempt] of Object.entries(attempts)) {
  outcomes[name] = await Promise.resolve().then(attempt).then(() => "allowed", (error) => [error.name, error.code, error.message].join(" "));
}
await import("https://localhost/module.js").then(
  () => outcomes.import = "allowed",
  (error) => outcomes.import = [error.name, error.message].join(" "),
);
Deno.writeTextFileSync(new URL("outcomes.json", import.meta.url), JSON.stringify(outcomes));
`;

/**
 * Returns what a run does with sockets and other programs, except the runtime's communication
 * between threads.
 * @param code its expected exit code; undefined if any is accepted.
 */
async function networkCalls(
  folder: string,
  line: readonly string[],
  code?: number,
): Promise<string[]> {
  await ensureProgram("strace", "strace");
  const log = `${folder}/strace.log`;
  const trace = ["strace", "-f", "-qq", "-o", log, "-e", "trace=network,execve"];
  const outcome = await start([...trace, ...line], { cwd: folder, env: { HOME: folder } });
  if (code !== undefined) assert.equal(outcome.code, code, outcomeText(outcome));
  const calls = (await Deno.readTextFile(log)).split("\n");
  assert.ok(calls.some((call) => call.includes("execve(")), outcomeText(outcome));
  const sockets = calls.filter((call) =>
    /\b(socket|connect|bind|listen|sendto|sendmsg)\(/.test(call)
  );
  const programs = calls.filter((call) => call.includes("execve(")).slice(1);
  return [...sockets, ...programs].map((call) => call.replace(/^\d+ +/, ""));
}

/** Makes images that the executable would write to a real OpenMV Cam H7. @returns their folder. */
function realImages(folder: string): string {
  const board = boards.find(({ id }) => id === "openmv-h7")!;
  const { bootloader, firmware, romfs } = release(board);
  const images = `${folder}/release/${board.folder}`;
  Deno.mkdirSync(images, { recursive: true });
  Deno.writeFileSync(`${images}/bootloader.bin`, bootloader);
  Deno.writeFileSync(`${images}/firmware.bin`, firmware);
  Deno.writeFileSync(`${images}/romfs0.img`, romfs);
  return `${folder}/release`;
}

/**
 * Proves on Linux what the executable does not do: from outside by strace, from inside by a plugin.
 */
export function sandboxCases(executable: string): readonly ExecutableCase[] {
  return [
    ...Object.entries({
      "a restore": ["restore", "openmv-h7", "--simulate", "--fast", "--yes"],
      "a station": ["station", "h7", "--simulate", "--fast", "--yes", "--count", "2"],
      "images import": ["images", "import", "release.zip"],
      "images verify": ["images", "verify"],
    }).map(([what, line]): ExecutableCase => ({
      name: `strace: ${what} opens no socket and starts no program`,
      async run({ folder }) {
        await Deno.writeFile(`${folder}/release.zip`, makeZip(sampleRelease("5.1.1")));
        assert.deepEqual(await networkCalls(folder, [executable, ...line], 0), []);
      },
    })),
    {
      name: "strace: no compiled code is loaded from, or left in, the folder for temporary files",
      async run({ folder }) {
        await ensureProgram("strace", "strace");
        const log = `${folder}/files.log`, temporary = `${folder}/temporary`;
        await Deno.mkdir(temporary);
        const trace = ["strace", "-f", "-qq", "-o", log, "-e", "trace=%file"];
        const line = ["restore", "openmv-h7", "--simulate", "--fast", "--yes"];
        const env = { HOME: folder, TMPDIR: temporary };
        const outcome = await start([...trace, executable, ...line], { cwd: folder, env });
        assert.equal(outcome.code, 0, outcomeText(outcome));
        const calls = (await Deno.readTextFile(log)).split("\n");
        assert.ok(calls.some((call) => call.includes(executable)), "nothing was traced");
        assert.deepEqual(calls.filter((call) => call.includes(temporary)), []);
      },
    },
    {
      name: "strace: listing the USB bus opens only the kernel's hotplug socket",
      async run({ folder }) {
        const calls = await networkCalls(folder, [executable, "devices"]);
        assert.ok(calls.length > 0, "libusb was not started");
        const others = calls.filter((call) => !/AF_NETLINK/.test(call));
        assert.deepEqual(others, []);
      },
    },
    {
      name: "strace: a station on the real bus opens only the kernel's hotplug socket",
      async run({ folder }) {
        const line = ["station", "h7", "--yes", "--images", realImages(folder)];
        // No camera appears; the signal of `timeout` ends it like Ctrl-C.
        const ended = ["/usr/bin/timeout", "-s", "INT", "3", executable, ...line];
        const calls = await networkCalls(folder, ended);
        const [started, ...others] = calls.toReversed();
        assert.match(started, /execve\(.*unbrick/);
        assert.ok(others.length > 0, "libusb was not started");
        assert.deepEqual(others.filter((call) => !/AF_NETLINK/.test(call)), []);
      },
    },
    {
      name: "strace: a plugin reaches neither the network nor other programs, whatever it tries",
      async run({ folder }) {
        await Deno.writeTextFile(`${folder}/plugin.js`, plugin);
        const line = [executable, "boards", "--plugin", `${folder}/plugin.js`];
        assert.deepEqual(await networkCalls(folder, line), []);
        const tried = JSON.parse(await Deno.readTextFile(`${folder}/outcomes.json`));
        assert.equal(Object.keys(tried).length, 8);
        for (const [name, said] of Object.entries(tried)) assert.notEqual(said, "allowed", name);
        for (const name of ["connect", "listen", "fetch", "resolve", "command"]) {
          assert.match(tried[name], /^NotCapable/, name);
        }
      },
    },
  ];
}

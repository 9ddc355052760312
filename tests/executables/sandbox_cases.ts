import assert from "node:assert/strict";
import { ensureProgram } from "../../tools/apt.ts";
import { type ExecutableCase, start, told } from "./launcher.ts";

/** A plugin, which is a program of its own inside the executable: it tries to get out. */
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

/** System calls of a run, without what the runtime uses between its own threads. */
async function networkCalls(folder: string, line: readonly string[]): Promise<string[]> {
  await ensureProgram("strace", "strace");
  const log = `${folder}/strace.log`;
  const trace = ["strace", "-f", "-qq", "-o", log, "-e", "trace=network,execve"];
  const outcome = await start([...trace, ...line], { cwd: folder });
  const calls = (await Deno.readTextFile(log)).split("\n");
  assert.ok(calls.some((call) => call.includes("execve(")), told(outcome));
  const sockets = calls.filter((call) =>
    /\b(socket|connect|bind|listen|sendto|sendmsg)\(/.test(call)
  );
  const programs = calls.filter((call) => call.includes("execve(")).slice(1);
  return [...sockets, ...programs].map((call) => call.replace(/^\\d+ +/, ""));
}

/** What the executable may not do: proven on Linux, from outside by strace and from inside by a plugin. */
export function sandboxCases(executable: string): readonly ExecutableCase[] {
  return [
    {
      name: "strace: a restore opens no socket and starts no program",
      async run({ folder }) {
        const line = [executable, "restore", "openmv-h7", "--simulate", "--fast", "--yes"];
        assert.deepEqual(await networkCalls(folder, line), []);
      },
    },
    {
      name: "strace: looking at the USB bus opens the kernel's hotplug socket and no other",
      async run({ folder }) {
        const calls = await networkCalls(folder, [executable, "devices"]);
        assert.ok(calls.length > 0, "libusb was not started");
        const others = calls.filter((call) => !/AF_NETLINK/.test(call));
        assert.deepEqual(others, []);
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
